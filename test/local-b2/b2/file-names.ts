import { badRequest } from "./problem.ts";

/** Decodes a name of a URL or of a header: `%20` and `+` are a space. Throws 400 for wrong percent-encoding. */
export function decodeName(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    throw badRequest("Bad percent-encoding in file name");
  }
}

/** Decodes a name of a URL. Throws 400 also for a byte that must be percent-encoded there, such as `,` `&` `[` `]`. */
export function decodeUrlName(text: string): string {
  if (/[^\w.~!$'()*;=:@/+%-]/.test(text)) throw badRequest("Bad character in URL: it must be percent-encoded");
  return decodeName(text);
}

/** As B2 writes names into `X-Bz-File-Name`. */
export function encodeName(name: string): string {
  return encodeURIComponent(name).replace(/%(?:24|2F|3A|3B|3D|40)/g, decodeURIComponent);
}

/** Throws 400 for a name that B2 does not take. */
export function checkName(name: string): void {
  const size = (text: string) => new TextEncoder().encode(text).length;
  if (name === "") throw badRequest("File names must not be empty");
  if (size(name) > 1024) throw badRequest("File names must not be longer than 1024 bytes");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: B2 forbids just these.
  if (/[\u0000-\u001f\u007f]/.test(name)) throw badRequest("File names must not contain control characters");
  if (name.startsWith("/") || name.endsWith("/")) throw badRequest("File names must not start or end with /");
  if (name.includes("//")) throw badRequest("File names must not contain //");
  if (name.split("/").some((segment) => size(segment) > 250))
    throw badRequest("File name segments must not be longer than 250 bytes");
}

/** B2 sorts names by their UTF-8 bytes, which is the order of code points. */
export function compareNames(one: string, other: string): number {
  const [a, b] = [new TextEncoder().encode(one), new TextEncoder().encode(other)];
  for (let index = 0; index < Math.min(a.length, b.length); index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
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

/** What `b2/x-auto` becomes. */
export function contentTypeOf(name: string): string {
  return TYPES[name.slice(name.lastIndexOf(".") + 1).toLowerCase()] ?? "application/octet-stream";
}
