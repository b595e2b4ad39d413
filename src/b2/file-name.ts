/** The most bytes of a file name, and of each segment. Source: https://www.backblaze.com/docs/cloud-storage-files */
const MAX_NAME_BYTES = 1024;
const MAX_SEGMENT_BYTES = 250;
const LONG_SEGMENT = `The path has a segment longer than ${MAX_SEGMENT_BYTES} bytes.`;

/** A decoded path, or a sentence about why it cannot be one. */
export type PathReading = { kind: "path"; path: string } | { kind: "bad"; detail: string };

/** The form of nearly every image's path: nothing to decode, canonical already, no dot segment. */
const PLAIN_PATH = /^(?:[\w~-][\w.~-]{0,99}\/){0,8}[\w~-][\w.~-]{0,99}$/;

/**
 * Decodes a URL path, without its leading slash, once, segment by segment, as UTF-8. `+` is a plus, but a space with
 * `plusIsSpace` (B2's own links). An empty last segment is kept: it asks for a folder.
 */
export function readPath(rawPath: string, { plusIsSpace = false } = {}): PathReading {
  if (PLAIN_PATH.test(rawPath)) return { kind: "path", path: rawPath };
  const segments: string[] = [];
  const raw = rawPath.split("/");
  for (const [index, rawSegment] of raw.entries()) {
    if (rawSegment === "" && index === raw.length - 1) {
      segments.push("");
      break;
    }
    const segment = decodeSegment(plusIsSpace ? rawSegment.replaceAll("+", " ") : rawSegment);
    if (segment === undefined)
      return bad("The path has a percent sign that is not followed by two hex digits, or bytes that are not UTF-8.");
    const fault = segmentFault(segment);
    if (fault !== undefined) return bad(fault);
    segments.push(segment);
  }
  return { kind: "path", path: segments.join("/") };
}

/** Why B2 cannot have a file with this name, in a sentence; undefined when it can. */
export function fileNameFault(fileName: string): string | undefined {
  if (!mayBeLonger(fileName, MAX_SEGMENT_BYTES)) return undefined;
  if (isLonger(fileName, MAX_NAME_BYTES)) return `The path is longer than ${MAX_NAME_BYTES} bytes.`;
  // B2_FILE_NAME_PREFIX may end without a slash, and is then part of the first segment.
  if (fileName.split("/").some((segment) => isLonger(segment, MAX_SEGMENT_BYTES))) return LONG_SEGMENT;
  return undefined;
}

/**
 * Encodes a file name for a URL of B2. The characters below stay as they are, every other byte becomes `%XX`.
 * Source: https://www.backblaze.com/docs/cloud-storage-native-api-string-encoding
 */
export function encodeFileName(fileName: string): string {
  return /^[\w.~!$'()*;=:@/-]*$/.test(fileName)
    ? fileName
    : encodeURIComponent(fileName).replace(/%(?:24|2F|3A|3B|3D|40)/g, decodeURIComponent);
}

/**
 * The one URL path under which a file or folder is cached, with its leading slash: the normal form of RFC 3986 §6.2.2, in
 * which the characters of `pchar` stand for themselves and every other byte is `%XX` in upper case.
 */
export function canonicalPath(path: string): string {
  return PLAIN_PATH.test(path)
    ? `/${path}`
    : `/${encodeURIComponent(path).replace(/%(?:24|26|2B|2C|2F|3A|3B|3D|40)/g, decodeURIComponent)}`;
}

function decodeSegment(raw: string): string | undefined {
  try {
    return decodeURIComponent(raw);
  } catch {
    return undefined;
  }
}

function segmentFault(segment: string): string | undefined {
  if (segment === "") return "The path has an empty segment: two slashes in a row.";
  if (segment === "." || segment === "..") return "The path has a segment that is only dots.";
  if (/[/\\]/.test(segment)) return "The path has an encoded slash, or a backslash.";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: B2 forbids just these.
  if (/[\u0000-\u001f\u007f]/.test(segment)) return "The path has a control character.";
  // A lone surrogate has no UTF-8 form, and encodeURIComponent throws for it.
  if (!segment.isWellFormed()) return "The path has text that is not UTF-8.";
  return undefined;
}

function isLonger(text: string, bytes: number): boolean {
  return mayBeLonger(text, bytes) && new TextEncoder().encode(text).length > bytes;
}

/** A UTF-16 unit takes at most three bytes of UTF-8, so most names need not be encoded to be measured. */
function mayBeLonger(text: string, bytes: number): boolean {
  return text.length * 3 > bytes;
}

function bad(detail: string): PathReading {
  return { kind: "bad", detail };
}
