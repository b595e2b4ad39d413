import type { Rejection } from "../rejection.ts";
import { type AccessRules, FORBIDDEN } from "./decide-access.ts";
import { isListed } from "./listed-prefix.ts";
import { isPrivate } from "./private-prefix.ts";
import type { SignatureChecker, SignatureFault } from "./signed-url.ts";

/** The expiry and key of a signed link to a folder. The links on its page are signed with the same. */
export interface FolderLink {
  /** Unix seconds. */
  expiresAtSeconds: number;
  keyId: string;
}

/** Whether a folder may be looked at: by everybody (`listed`), by this request for `validSeconds` (`granted`), or not. */
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

/** Decides who may look at a folder. A signed link opens it in any case. Hotlink rules do not apply, since a page is not an image. */
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
