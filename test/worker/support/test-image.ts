/** An image whose first bytes are real, and the rest is filled up: enough for whoever reads only type and sides. */
export interface TestImage {
  type: "jpeg" | "png" | "gif" | "webp" | "avif" | "heic";
  width: number;
  height: number;
  /** How long the file is; at least as long as its header. */
  bytes?: number;
  /** 1 is a still image. */
  frames?: number;
  /** As in Exif; JPEG only. */
  orientation?: number;
  /** What stands at the end of the file. */
  note?: string;
}

/** Writes the file. */
export function testImage({ type, bytes = 0, note = "", ...sides }: TestImage): Uint8Array<ArrayBuffer> {
  const header = HEADERS[type](sides);
  const file = new Uint8Array(Math.max(bytes, header.length + note.length));
  file.set(header);
  file.set(text(note), file.length - note.length);
  return file;
}

/** How many frames the test image has: the stand-in for the Images binding cannot decode. */
export function framesOf(file: Uint8Array): number {
  const found = /frames=(\d+);/.exec(new TextDecoder("latin1").decode(file.subarray(0, 200)));
  return Number(found?.[1] ?? 1);
}

interface Sides {
  width: number;
  height: number;
  frames?: number;
  orientation?: number;
}

const HEADERS: Record<TestImage["type"], (sides: Sides) => number[]> = {
  jpeg: ({ width, height, orientation }) => [
    ...[0xff, 0xd8],
    ...(orientation === undefined ? [] : exif(orientation)),
    ...[0xff, 0xc0, ...big(11, 2), 8, ...big(height, 2), ...big(width, 2), 1, 1, 0x11, 0],
    ...[0xff, 0xda],
  ],
  png: ({ width, height, frames = 1 }) => [
    ...[0x89, ...text("PNG\r\n"), 0x1a, 0x0a],
    ...chunk("IHDR", [...big(width, 4), ...big(height, 4), 8, 2, 0, 0, 0]),
    ...(frames > 1 ? chunk("acTL", [...big(frames, 4), ...big(0, 4)]) : []),
    ...chunk("IDAT", text(framesNote(frames))),
  ],
  gif: ({ width, height, frames = 1 }) => [
    ...[...text("GIF89a"), ...little(width, 2), ...little(height, 2), 0, 0, 0],
    ...text(framesNote(frames)),
  ],
  webp: ({ width, height, frames = 1 }) => {
    const flags = frames > 1 ? 0b10 : 0;
    const extended = [flags, 0, 0, 0, ...little(width - 1, 3), ...little(height - 1, 3)];
    return [
      ...text("RIFF"),
      ...little(40, 4),
      ...text("WEBPVP8X"),
      ...little(10, 4),
      ...extended,
      ...text(framesNote(frames)),
    ];
  },
  avif: (sides) => isobmff(sides.frames === undefined || sides.frames === 1 ? "avif" : "avis", sides),
  heic: (sides) => isobmff("heic", sides),
};

function framesNote(frames: number): string {
  return `frames=${frames};`;
}

/** A file type, and a `meta` box whose primary item has these sides (ISO/IEC 23008-12). */
function isobmff(brand: string, { width, height }: Sides): number[] {
  const size = box("ispe", [...big(0, 4), ...big(width, 4), ...big(height, 4)]);
  const association = box("ipma", [...big(0, 4), ...big(1, 4), ...big(1, 2), 1, 1]);
  const properties = box("iprp", [...box("ipco", size), ...association]);
  const primary = box("pitm", [...big(0, 4), ...big(1, 2)]);
  return [...box("ftyp", [...text(brand), ...big(0, 4)]), ...box("meta", [...big(0, 4), ...primary, ...properties])];
}

/** An APP1 segment whose one entry is the orientation. */
function exif(orientation: number): number[] {
  const entry = [...big(0x0112, 2), ...big(3, 2), ...big(1, 4), ...big(orientation, 2), 0, 0];
  const tiff = [...text("MM"), ...big(42, 2), ...big(8, 4), ...big(1, 2), ...entry, ...big(0, 4)];
  return [0xff, 0xe1, ...big(tiff.length + 8, 2), ...text("Exif"), 0, 0, ...tiff];
}

function box(type: string, content: number[]): number[] {
  return [...big(content.length + 8, 4), ...text(type), ...content];
}

function chunk(type: string, content: number[]): number[] {
  return [...big(content.length, 4), ...text(type), ...content, 0, 0, 0, 0];
}

function big(value: number, bytes: number): number[] {
  return little(value, bytes).toReversed();
}

function little(value: number, bytes: number): number[] {
  return Array.from({ length: bytes }, (_, place) => Math.floor(value / 256 ** place) % 256);
}

function text(ascii: string): number[] {
  return [...ascii].map((character) => character.charCodeAt(0));
}
