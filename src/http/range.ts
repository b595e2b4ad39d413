/** The range that a `Range` field asks for, in bytes. `last` is inclusive; undefined means up to the end. */
export type RangeRequest =
  | { kind: "bytes"; first: number; last: number | undefined }
  | { kind: "suffix"; length: number };

/** One range of bytes. The unit is case-insensitive (RFC 9110 §14.1), and a list may have empty members (§5.6.1). */
const ONE_RANGE = /^bytes=[\s,]*(?:(\d+)-(\d*)|-(\d+))[\s,]*$/i;

/**
 * Reads `Range`. Undefined, which means the whole representation, without the field, and also for several ranges, another
 * unit or a malformed field, as RFC 9110 §14.2 allows.
 */
export function parseRange(field: string | null): RangeRequest | undefined {
  const match = field === null ? null : ONE_RANGE.exec(field);
  if (match === null) return undefined;
  const [, first, last, suffix] = match;
  if (first === undefined) return { kind: "suffix", length: bytesOf(suffix) };
  const range = { kind: "bytes", first: bytesOf(first), last: last === "" ? undefined : bytesOf(last) } as const;
  // §14.1.1: a range whose end comes before its beginning is invalid.
  return range.last !== undefined && range.last < range.first ? undefined : range;
}

/**
 * Writes the field to send to the origin. Undefined when the whole must be fetched: without a range, and for the last 0
 * bytes, which an origin need not support.
 */
export function formatRange(range: RangeRequest | undefined): string | undefined {
  if (range === undefined) return undefined;
  if (range.kind === "bytes") return `bytes=${range.first}-${range.last ?? ""}`;
  return range.length > 0 ? `bytes=-${range.length}` : undefined;
}

/** The first and last byte (inclusive) of a range in a representation of `completeLength` bytes. */
export function resolveRange(
  range: RangeRequest,
  completeLength: number,
): { first: number; last: number } | "unsatisfiable" {
  const end = completeLength - 1;
  if (range.kind === "suffix") {
    const length = Math.min(range.length, completeLength);
    return length === 0 ? "unsatisfiable" : { first: completeLength - length, last: end };
  }
  return range.first > end ? "unsatisfiable" : { first: range.first, last: Math.min(range.last ?? end, end) };
}

/** Reads a number of bytes. One with too many digits for a number is larger than any file. */
function bytesOf(digits: string | undefined): number {
  return Math.min(Number(digits), Number.MAX_SAFE_INTEGER);
}
