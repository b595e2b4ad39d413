/** What a `Range` field asks for. `last` is inclusive; undefined means to the end. */
export type RangeRequest =
  | { kind: "bytes"; first: number; last: number | undefined }
  | { kind: "suffix"; length: number };

/** One range of bytes; the unit's case does not matter (RFC 9110 §14.1), and a list may have empty members (§5.6.1). */
const ONE_RANGE = /^bytes=[\s,]*(?:(\d+)-(\d*)|-(\d+))[\s,]*$/i;

/**
 * Reads `Range` (RFC 9110 §14.2). Undefined, for the whole representation, without the field; and, as §14.2 allows, for
 * several ranges, another unit or a malformed field.
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
 * The field to send on. Undefined when the whole must be fetched: without a range, and for the last 0 bytes, which an
 * origin need not know.
 */
export function formatRange(range: RangeRequest | undefined): string | undefined {
  if (range === undefined) return undefined;
  if (range.kind === "bytes") return `bytes=${range.first}-${range.last ?? ""}`;
  return range.length > 0 ? `bytes=-${range.length}` : undefined;
}

/** The bytes, both inclusive, that a range means in a representation of so many bytes. */
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

/** More digits than a number holds mean more bytes than any file has. */
function bytesOf(digits: string | undefined): number {
  return Math.min(Number(digits), Number.MAX_SAFE_INTEGER);
}
