import { isCrossSiteEmbed } from "../http/fetch-metadata.ts";
import type { Rejection } from "../rejection.ts";
import { isPrivate, type PrivateRules } from "./private-prefix.ts";
import { type RefererRule, refererAllowed } from "./referer.ts";
import type { SignatureChecker, SignatureFault } from "./signed-url.ts";

/** Whether a file may be shown to this request. */
export type Access =
  | Granted
  /** `signatureFault` is for the log only; the visitor is not told. */
  | { kind: "refused"; rejection: Rejection; signatureFault?: SignatureFault };

/** A check that the request has passed. */
export interface Granted {
  kind: "granted";
  /** For how many seconds the check holds; Infinity: without end. */
  validSeconds: number;
  /** Whether a signed link opened the file. Such a link opens exactly one file or preset. */
  bySignature: boolean;
}

/** The settings that decide who may see what. */
export interface AccessRules extends PrivateRules {
  /** undefined: every site may embed. */
  refererRules: RefererRule[] | undefined;
  allowEmptyReferer: boolean;
}

export interface AccessRequest {
  settings: AccessRules;
  checkSignature: SignatureChecker;
  request: Request;
  file: AskedFile;
  /** ms since the epoch. */
  now: number;
}

/** The file that a URL asks for. */
export interface AskedFile {
  /** The decoded path in the bucket. */
  path: string;
  /** The address that a signature covers: the canonical path, followed by `?v=3` if the URL names a version. */
  versionedPath: string;
  /** The preset that is asked for; undefined for the original. */
  preset: { name: string } | undefined;
  /** The query of the URL, without its question mark. */
  query: string;
}

/** Every refusal looks the same, whether the file exists or not. */
export const FORBIDDEN: Rejection = {
  kind: "forbidden",
  detail: "This address, as it was asked for, does not open a file.",
};

/** Whether a file may be shown to everybody. `path` is the decoded path in the bucket. */
export function isOpenToAll(path: string, settings: AccessRules): boolean {
  return settings.refererRules === undefined && !isPrivate(path, settings);
}

/**
 * Decides on a file that is not open to everybody: makes every check that the settings switch on. A signature does not replace
 * a good referer, nor the other way round.
 */
export async function decideAccess(asked: AccessRequest): Promise<Access> {
  const { settings, file, now } = asked;
  if (!hasGoodReferer(asked)) return { kind: "refused", rejection: FORBIDDEN };
  if (!isPrivate(file.path, settings)) {
    return { kind: "granted", validSeconds: Number.POSITIVE_INFINITY, bySignature: false };
  }
  const check = await asked.checkSignature({
    canonicalPath: file.versionedPath,
    preset: file.preset?.name ?? "",
    query: new URLSearchParams(file.query),
    now,
  });
  if (check.kind === "refused") return { kind: "refused", rejection: FORBIDDEN, signatureFault: check.reason };
  const validSeconds = Math.floor(check.expiresAtSeconds - now / 1000);
  return { kind: "granted", validSeconds, bySignature: true };
}

/** Whether hotlink protection lets a request have files. */
export function hasGoodReferer({ request, settings }: Pick<AccessRequest, "request" | "settings">): boolean {
  if (settings.refererRules === undefined) return true;
  return refererAllowed({
    referer: request.headers.get("Referer"),
    ownHost: new URL(request.url).hostname,
    rules: settings.refererRules,
    // A page leaves the field out with one attribute: referrerpolicy="no-referrer".
    allowEmpty: settings.allowEmptyReferer && !isCrossSiteEmbed(request.headers),
  });
}
