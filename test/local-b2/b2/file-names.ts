import { CONTENT_TYPE, checkField } from "./fields.ts";
import { badRequest } from "./problem.ts";
import type { Switches } from "./switches.ts";

type RawNames = Switches["rawNames"];

/** Decodes text of a URL or of a field: `%20` is a space, and so is `+` unless it is literal. Throws 400 for bad encoding. */
export function decodeText(text: string, rawNames: RawNames): string {
  try {
    return decodeURIComponent(rawNames === "literal" ? text : text.replaceAll("+", " "));
  } catch {
    throw badRequest("Bad percent-encoding");
  }
}

/** Decodes a file name of a URL or of `X-Bz-File-Name`. Throws 400 also for a character that must be encoded there. */
export function decodeFileName(text: string, rawNames: RawNames): string {
  const bad = rawNames === "literal" ? /[^\w.~!$'()*;=:@/+%&,-]/ : /[^\w.~!$'()*;=:@/+%-]/;
  if (bad.test(text)) throw badRequest("Bad character in a file name: it must be percent-encoded");
  return decodeText(text, rawNames);
}

/** Decodes a file name as a download has it in its URL, and as it is told in `X-Bz-File-Name`. */
export function decodeName(text: string): string {
  return decodeText(text, "encoded");
}

/** As B2 writes names into `X-Bz-File-Name`. */
export function encodeName(name: string): string {
  return encodeURIComponent(name).replace(/%(?:24|2F|3A|3B|3D|40)/g, decodeURIComponent);
}

/** Throws 400 for a name that B2 does not take. */
export function checkName(name: string): void {
  const size = (text: string) => new TextEncoder().encode(text).length;
  if (name === "") throw badRequest("File names must not be empty");
  if (!name.isWellFormed()) throw badRequest("File names must be UTF-8");
  if (size(name) > 1024) throw badRequest("File names must not be longer than 1024 bytes");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: B2 forbids just these.
  if (/[\u0000-\u001f\u007f]/.test(name)) throw badRequest("File names must not contain control characters");
  if (name.includes("\\")) throw badRequest("File names must not contain \\");
  if (name.startsWith("/") || name.endsWith("/")) throw badRequest("File names must not start or end with /");
  if (name.includes("//")) throw badRequest("File names must not contain //");
  if (name.split("/").some((segment) => size(segment) > 250))
    throw badRequest("File name segments must not be longer than 250 bytes");
}

/** B2 sorts names by their UTF-8 bytes, which is the order of code points. */
export function compareNames(one: string, other: string): number {
  const shorter = Math.min(one.length, other.length);
  let index = 0;
  while (index < shorter && one.charCodeAt(index) === other.charCodeAt(index)) index += 1;
  if (index === shorter) return one.length - other.length;
  return rank(one.charCodeAt(index)) - rank(other.charCodeAt(index));
}

/** UTF-16 has the surrogates, which stand for the highest code points, before the last of the others. */
function rank(unit: number): number {
  const [firstSurrogate, afterSurrogates, units] = [0xd800, 0xe000, 0x10000];
  return unit >= firstSurrogate && unit < afterSurrogates ? unit + units : unit;
}

const TYPES: Record<string, string> = {
  avif: "image/avif",
  css: "text/css",
  gif: "image/gif",
  html: "text/html",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  js: "text/javascript",
  json: "application/json",
  mp4: "video/mp4",
  pdf: "application/pdf",
  png: "image/png",
  svg: "image/svg+xml",
  txt: "text/plain",
  webm: "video/webm",
  webp: "image/webp",
  xml: "application/xml",
};

/** A type as it is stored: `b2/x-auto` becomes that of the name's ending. Throws 400 for what is no media type. */
export function contentTypeOf(given: string, name: string): string {
  if (given === "b2/x-auto" || given === "")
    return TYPES[name.slice(name.lastIndexOf(".") + 1).toLowerCase()] ?? "application/octet-stream";
  checkField(CONTENT_TYPE, "contentType", given);
  return given;
}
