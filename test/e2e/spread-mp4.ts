/**
 * Moves the second half of an MP4's media away from the first by `gapBytes` of zeros, so that a player which wants to
 * show the end must ask for a range. The file must begin with its `moov`. Source: ISO/IEC 14496-12 §8.7.5 (`stco`).
 */
export function spreadMp4(file: Buffer, gapBytes: number): Uint8Array<ArrayBuffer> {
  const media = findBox(file, "mdat", { start: 0, end: file.length });
  const tables = findChunkTables(file, { start: 0, end: media.start });
  const offsets = tables.flatMap((table) => readChunkOffsets(file, table)).sort((a, b) => a - b);
  const cut = offsets[Math.floor(offsets.length / 2)];
  if (cut === undefined || offsets.length < 2) throw new Error("the MP4 has too few chunks to be spread");
  const head = Buffer.from(file.subarray(0, cut));
  head.writeUInt32BE(media.end - media.start + gapBytes, media.start);
  for (const table of tables) {
    for (const [index, offset] of readChunkOffsets(file, table).entries()) {
      if (offset >= cut) head.writeUInt32BE(offset + gapBytes, table.start + 16 + 4 * index);
    }
  }
  return new Uint8Array(Buffer.concat([head, Buffer.alloc(gapBytes), file.subarray(cut)]));
}

/** Where a box begins and ends in the file, its header included. */
interface Span {
  start: number;
  end: number;
}

type Box = Span & { type: string };

function readBoxes(file: Buffer, { start, end }: Span): Box[] {
  const boxes: Box[] = [];
  for (let at = start; at + 8 <= end; ) {
    const length = file.readUInt32BE(at);
    if (length < 8) throw new Error(`a box of ${length} bytes at ${at}`);
    boxes.push({ type: file.toString("latin1", at + 4, at + 8), start: at, end: at + length });
    at += length;
  }
  return boxes;
}

function findBox(file: Buffer, type: string, within: Span): Box {
  const box = readBoxes(file, within).find((one) => one.type === type);
  if (box === undefined) throw new Error(`the MP4 has no ${type}`);
  return box;
}

/** One table of chunk offsets a track. */
function findChunkTables(file: Buffer, within: Span): Box[] {
  return readBoxes(file, within).flatMap((box) => {
    if (box.type === "stco") return [box];
    const hasBoxes = ["moov", "trak", "mdia", "minf", "stbl"].includes(box.type);
    return hasBoxes ? findChunkTables(file, { start: box.start + 8, end: box.end }) : [];
  });
}

function readChunkOffsets(file: Buffer, table: Box): number[] {
  const count = file.readUInt32BE(table.start + 12);
  return Array.from({ length: count }, (_, index) => file.readUInt32BE(table.start + 16 + 4 * index));
}
