import * as v from "valibot";
import { isOfSameB2, isSecureUrl } from "../b2/service-url.ts";

/** A download token and all that is needed to use it. What KV holds under one key, with a version. */
export interface DownloadToken {
  token: string;
  downloadUrl: string;
  bucketId: string;
  bucketName: string;
  fileNamePrefix: string;
  applicationKeyId: string;
  /** ms since the epoch. */
  issuedAt: number;
  /** ms since the epoch: B2 does not say it, so it is the time of the request plus the validity asked for. */
  expiresAt: number;
  /** When the application key ends, in ms since the epoch; undefined for one without an end. */
  keyExpiresAt?: number | undefined;
}

/** What the settings say a token must be for: a record of anything else counts as absent. */
export interface TokenScope {
  applicationKeyId: string;
  /** The B2 that gives tokens: no other one gets to see them. */
  apiUrl: string;
  /** undefined: whichever bucket the key is limited to. */
  bucketName: string | undefined;
  fileNamePrefix: string;
}

/** Raised when a field changes its meaning; a Worker that does not know the version mints anew. */
const RECORD_VERSION = 1;

/** A download that begins now must end before the token does; and clocks differ. */
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

export function formatRecord(token: DownloadToken): string {
  return JSON.stringify({ version: RECORD_VERSION, ...token });
}

/**
 * Reads the record of KV. Undefined when it does not parse, has another version or is for something else. Where the settings
 * name the bucket, the record may be of another application key.
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

export function isFresh(token: DownloadToken, now: number): boolean {
  return now < token.expiresAt - MARGIN_MS;
}

/** Inside the margin a token still works: better than none. */
export function isUnexpired(token: DownloadToken, now: number): boolean {
  return now < token.expiresAt;
}

/** Whether rotation has been failing for long: with a healthy cron a token is replaced long before. */
export function lessThanHalfLeft(token: DownloadToken, now: number): boolean {
  return token.expiresAt - now < (token.expiresAt - token.issuedAt) / 2;
}

/** Without a bucket name the key decides which bucket it is: another key may be for another one. */
function isForScope(token: DownloadToken, scope: TokenScope): boolean {
  const isForBucket =
    scope.bucketName === undefined
      ? token.applicationKeyId === scope.applicationKeyId
      : token.bucketName === scope.bucketName;
  return isForBucket && token.fileNamePrefix === scope.fileNamePrefix && isOfSameB2(token.downloadUrl, scope.apiUrl);
}
