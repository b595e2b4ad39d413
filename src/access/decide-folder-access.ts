import type { Rejection } from "../rejection.ts";
import { type AccessRules, FORBIDDEN } from "./decide-access.ts";
import { isListed } from "./listed-prefix.ts";
import { isPrivate } from "./private-prefix.ts";
import type { SignatureChecker, SignatureFault } from "./signed-url.ts";

/** A link to a folder: what the links on its page end with, and are signed by. */
export interface FolderLink {
  expiresAtSeconds: number;
  keyId: string;
}

/** Whether a folder may be looked at: by everybody, by this request (for so many seconds), or not. */
export type FolderAccess =
  | { kind: "listed" }
  | { kind: "granted"; link: FolderLink; validSeconds: number }
  | { kind: "unlisted" }
  | { kind: "refused"; rejection: Rejection; signatureFault: SignatureFault };

export interface FolderAccessRequest {
  settings: AccessRules & { listedPrefixes: readonly string[] };
  checkSignature: SignatureChecker;
  /** The decoded path in the bucket, with a slash at its end. */
  path: string;
  canonicalPath: string;
  /** The query of the URL, without its question mark. */
  query: string;
  /** ms since the epoch. */
  now: number;
}

/** A signed link opens its folder whatever else is said of it. Which page shows it does not matter: a page is no image. */
export async function decideFolderAccess(asked: FolderAccessRequest): Promise<FolderAccess> {
  const { settings, path, canonicalPath, now } = asked;
  const query = new URLSearchParams(asked.query);
  const check = await asked.checkSignature({ canonicalPath, preset: "", query, now });
  if (check.kind === "granted") {
    const { expiresAtSeconds, keyId } = check;
    const validSeconds = Math.floor(expiresAtSeconds - now / 1000);
    return { kind: "granted", link: { expiresAtSeconds, keyId }, validSeconds };
  }
  if (isPrivate(path, settings)) return { kind: "refused", rejection: FORBIDDEN, signatureFault: check.reason };
  return { kind: isListed(path, settings.listedPrefixes) ? "listed" : "unlisted" };
}
