/** The bytes of a file, wherever they are. */
export interface Content {
  size: number;
  /** 40 hex digits, or `none` as for a file uploaded in parts. */
  sha1: () => Promise<string>;
  /** Bytes `first` to `last`, both inclusive. */
  open: (first: number, last: number) => ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer>;
}

const CHUNK_BYTES = 64 * 1024;

/** Content in memory; `sha1` is what B2 states of it, when that is not its own. */
export function contentOfBytes(bytes: Uint8Array<ArrayBuffer>, sha1?: string): Content {
  let known = sha1;
  return {
    size: bytes.length,
    sha1: async () => {
      known ??= await sha1Of(bytes);
      return known;
    },
    open: (first, last) => bytes.subarray(first, last + 1),
  };
}

/** A file uploaded in parts: B2 does not know the SHA-1 of the whole. */
export function contentOfParts(parts: Uint8Array<ArrayBuffer>[]): Content {
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  return {
    size,
    sha1: async () => "none",
    open: (first, last) => streamOf(size, first, last, (at, length) => sliceOf(parts, at, length)),
  };
}

/** A file of any size that takes no memory: byte `i` is `i * 31 + (i >> 12)`, modulo 256. */
export function virtualContent(size: number): Content {
  return { size, sha1: async () => "none", open: (first, last) => streamOf(size, first, last, virtualBytes) };
}

/** The bytes of a virtual file from `at` on. */
export function virtualBytes(at: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index += 1) bytes[index] = (at + index) * 31 + Math.floor((at + index) / 4096);
  return bytes;
}

/** The SHA-1 as 40 hex digits. */
export async function sha1Of(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-1", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function streamOf(
  size: number,
  first: number,
  last: number,
  read: (at: number, length: number) => Uint8Array,
): ReadableStream<Uint8Array> {
  const end = Math.min(last + 1, size);
  let at = first;
  return new ReadableStream({
    pull(controller) {
      const length = Math.min(CHUNK_BYTES, end - at);
      if (length > 0) controller.enqueue(read(at, length));
      at += length;
      if (at >= end) controller.close();
    },
  });
}

function sliceOf(parts: Uint8Array[], at: number, length: number): Uint8Array {
  let start = at;
  for (const part of parts) {
    if (start < part.length)
      return part.subarray(start, Math.min(part.length, start + length)).length === length
        ? part.subarray(start, start + length)
        : joined(parts, at, length);
    start -= part.length;
  }
  return new Uint8Array();
}

/** A chunk that lies over the border of two parts. */
function joined(parts: Uint8Array[], at: number, length: number): Uint8Array {
  const chunk = new Uint8Array(length);
  let partStart = 0;
  for (const part of parts) {
    const from = Math.max(at, partStart);
    const to = Math.min(at + length, partStart + part.length);
    if (from < to) chunk.set(part.subarray(from - partStart, to - partStart), from - at);
    partStart += part.length;
  }
  return chunk;
}
