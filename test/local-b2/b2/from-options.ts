import type { LocalB2Options, LocalFile } from "../options.ts";
import { type ApplicationKey, BUCKET_CAPABILITIES } from "./application-key.ts";
import type { Bucket, NewVersion } from "./bucket.ts";
import { type Content, contentOfBytes } from "./content.ts";

const INFO_NAMES = {
  cacheControl: "b2-cache-control",
  contentEncoding: "b2-content-encoding",
  contentDisposition: "b2-content-disposition",
  contentLanguage: "b2-content-language",
  expires: "b2-expires",
} as const;

/** A file as a test gives it, as if it had been uploaded. */
export function uploadOf(fileName: string, file: LocalFile, uploadTimestamp: number): NewVersion {
  const info: Record<string, string> = { ...file.info };
  for (const [member, name] of Object.entries(INFO_NAMES)) {
    const value = file[member as keyof typeof INFO_NAMES];
    if (value !== undefined) info[name] = value;
  }
  return { fileName, contentType: file.contentType ?? "b2/x-auto", info, content: contentOf(file), uploadTimestamp };
}

/** The application key that the options describe. */
export function keyOf(options: LocalB2Options, buckets: Bucket[]): ApplicationKey {
  return {
    keyId: options.keyId ?? "local-key-id",
    key: options.key ?? "local-key",
    name: "local-key",
    capabilities: options.capabilities ?? BUCKET_CAPABILITIES,
    bucketIds: options.unrestricted === true ? undefined : buckets.map(({ id }) => id),
    namePrefix: options.namePrefix ?? null,
    expiresAt: options.keyExpiresAt ?? null,
  };
}

function contentOf({ content, sha1 }: LocalFile): Content {
  if (typeof content === "string") return contentOfBytes(Uint8Array.from(new TextEncoder().encode(content)), sha1);
  return content instanceof Uint8Array ? contentOfBytes(content, sha1) : content;
}
