import * as v from "valibot";
import { isOfSameB2, isSecureUrl } from "../b2/service-url.ts";

/** A download token with everything that is needed to use it. KV keeps it as a record, with a version number. */
export interface DownloadToken {
  token: string;
  downloadUrl: string;
  bucketId: string;
  bucketName: string;
  fileNamePrefix: string;
  applicationKeyId: string;
  /** ms since the epoch. */
  issuedAt: number;
  /** ms since the epoch. B2 does not state it: it is the time of the request plus the validity that was asked for. */
  expiresAt: number;
  /** When the application key expires, in ms since the epoch; undefined for one that does not. */
  keyExpiresAt?: number | undefined;
}

/** The key, bucket and prefix that a token must be for, by the settings: any other record counts as absent. */
export interface TokenScope {
  applicationKeyId: string;
  /** The B2 that issues the tokens: they are never sent to another one. */
  apiUrl: string;
  /** undefined: the only bucket that the key reaches. */
  bucketName: string | undefined;
  fileNamePrefix: string;
}

/** To be raised when a field changes its meaning: a Worker that does not know the version mints a new token. */
const RECORD_VERSION = 1;

/** A download that starts now must finish before its token expires, and clocks differ. */
const MARGIN_MS = 5 * 60_000;

const recordSchema = v.object({
  version: v.literal(RECORD_VERSION),
  token: v.pipe(v.string(), v.minLength(1)),
  downloadUrl: v.pipe(v.string(), v.check(isSecureUrl)),
  bucketId: v.string(),
  bucketName: v.pipe(v.string(), v.minLength(1)),
  fileNamePrefix: v.string(),
  applicationKeyId: v.string(),
  issuedAt: v.pipe(v.number(), v.finite()),
  expiresAt: v.pipe(v.number(), v.finite()),
  keyExpiresAt: v.optional(v.pipe(v.number(), v.finite())),
});

/** Formats a token as KV's record. */
export function formatRecord(token: DownloadToken): string {
  return JSON.stringify({ version: RECORD_VERSION, ...token });
}

/**
 * Reads KV's record. Undefined when it does not parse, has another version, or is for another bucket, prefix or B2. The
 * application key may be another one, if the settings name the bucket.
 */
export function parseRecord(text: string, scope: TokenScope): DownloadToken | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  const result = v.safeParse(recordSchema, parsed);
  if (!result.success) return undefined;
  const { version: _, ...token } = result.output;
  return isForScope(token, scope) ? token : undefined;
}

/** Whether a token has more than five minutes left. `now`: ms since the epoch. */
export function isFresh(token: DownloadToken, now: number): boolean {
  return now < token.expiresAt - MARGIN_MS;
}

/** Whether a token still works. In its last five minutes it is not fresh, but better than none. */
export function isUnexpired(token: DownloadToken, now: number): boolean {
  return now < token.expiresAt;
}

/** Whether less than half of a token's validity is left, which means that rotations have been failing for days. */
export function lessThanHalfLeft(token: DownloadToken, now: number): boolean {
  return token.expiresAt - now < (token.expiresAt - token.issuedAt) / 2;
}

/** Without a bucket name the key determines the bucket, so another key may be for another bucket. */
function isForScope(token: DownloadToken, scope: TokenScope): boolean {
  const isForBucket =
    scope.bucketName === undefined
      ? token.applicationKeyId === scope.applicationKeyId
      : token.bucketName === scope.bucketName;
  return isForBucket && token.fileNamePrefix === scope.fileNamePrefix && isOfSameB2(token.downloadUrl, scope.apiUrl);
}
