import type { LocalFile } from "../options.ts";
import { type Content, contentOfBytes } from "./content.ts";
import type { NewVersion } from "./uploads.ts";

const INFO_NAMES = {
  cacheControl: "b2-cache-control",
  contentEncoding: "b2-content-encoding",
  contentDisposition: "b2-content-disposition",
  contentLanguage: "b2-content-language",
  expires: "b2-expires",
} as const;

/** A file as a test or a folder gives it, as if it had been uploaded. */
export function uploadOf(fileName: string, file: LocalFile): NewVersion {
  const info: Record<string, string> = { ...file.info };
  for (const [member, name] of Object.entries(INFO_NAMES)) {
    const value = file[member as keyof typeof INFO_NAMES];
    if (value !== undefined) info[name] = value;
  }
  return { fileName, contentType: file.contentType ?? "b2/x-auto", info, content: contentOf(file) };
}

function contentOf({ content, sha1 }: LocalFile): Content {
  if (typeof content === "string") return contentOfBytes(Uint8Array.from(new TextEncoder().encode(content)), sha1);
  return content instanceof Uint8Array ? contentOfBytes(content, sha1) : content;
}
