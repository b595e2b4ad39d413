import { withDeadline } from "../with-deadline.ts";
import { type DownloadToken, formatRecord, parseRecord, type TokenScope } from "./download-token.ts";
import { parseHistory, type RotationOutcome } from "./rotation-history.ts";

/** The key of the token's record in earlier releases, in which Workers that shared a namespace overwrote each other's. */
const OLD_TOKEN_KEY = "download-token";
/** KV's keys have at most 512 bytes. Two prefixes with the same first 100 characters share one key, and mint more often. */
const KEPT_OF_PREFIX = 100;

/** Seconds for which a data centre may answer from its own copy of KV. Short, since a missing key is remembered for as long. */
const CACHE_TTL_SECONDS = 60;
/** The shortest `cacheTtl` that KV accepts: the closest that one gets to reading past its cache. */
const LEAST_CACHE_TTL_SECONDS = 30;

/** KV usually answers in milliseconds. One that hangs must not hold up a visitor who can be served with a new token. */
const TIMEOUT_MS = 5_000;

/** A read or write that KV failed or did not answer in time. */
export class KvError extends Error {
  readonly code = "kv-failed";
  readonly operation: "read" | "write";

  constructor(operation: "read" | "write", cause: unknown) {
    super(`KV ${operation} failed`, { cause });
    this.name = "KvError";
    this.operation = operation;
  }
}

/** The part of a KV namespace that the store uses. */
export interface TokenNamespace {
  get(key: string, options: { type: "text"; cacheTtl: number }): Promise<string | null>;
  put(key: string, value: string): Promise<void>;
}

/** The token's record in KV, read. */
export interface StoredToken {
  token: DownloadToken;
  /** False: the token was minted with another application key for the same bucket and prefix. It is better than none. */
  isOfThisKey: boolean;
  /** The record was found under its old key, and is to be written again under the new one. */
  hasOldName: boolean;
}

/** Reads and writes the two records in KV: the token, and the history of rotations. */
export interface TokenStore {
  /** The token for this Worker's settings, or undefined. `pastCache` reads a newer copy. Throws `KvError`. */
  read(options?: { pastCache?: boolean }): Promise<StoredToken | undefined>;
  /** Throws `KvError`. */
  write(token: DownloadToken): Promise<void>;
  /** The last rotations, the newest last. Reads past the cache unless `pastCache` is false. Throws `KvError`. */
  history(options?: { pastCache?: boolean }): Promise<RotationOutcome[]>;
  /** Throws `KvError`. */
  writeHistory(history: RotationOutcome[]): Promise<void>;
}

/** Makes the token store, the only code that uses Workers KV. */
export function createTokenStore(namespace: TokenNamespace, scope: TokenScope): TokenStore {
  const tokenKey = keyOf("download-token", scope);
  const historyKey = keyOf("rotation-history", scope);

  async function read({ pastCache = false } = {}): Promise<StoredToken | undefined> {
    const cacheTtl = pastCache ? LEAST_CACHE_TTL_SECONDS : CACHE_TTL_SECONDS;
    const text = await get(tokenKey, cacheTtl);
    const token = parseRecord(text ?? (await get(OLD_TOKEN_KEY, cacheTtl)) ?? "", scope);
    if (token === undefined) return undefined;
    return { token, isOfThisKey: token.applicationKeyId === scope.applicationKeyId, hasOldName: text === null };
  }

  async function write(token: DownloadToken): Promise<void> {
    await put(tokenKey, formatRecord(token));
  }

  async function history({ pastCache = true } = {}): Promise<RotationOutcome[]> {
    return parseHistory(await get(historyKey, pastCache ? LEAST_CACHE_TTL_SECONDS : CACHE_TTL_SECONDS));
  }

  async function writeHistory(outcomes: RotationOutcome[]): Promise<void> {
    await put(historyKey, JSON.stringify(outcomes));
  }

  async function get(key: string, cacheTtl: number): Promise<string | null> {
    return await inTime("read", () => namespace.get(key, { type: "text", cacheTtl }));
  }

  async function put(key: string, value: string): Promise<void> {
    await inTime("write", () => namespace.put(key, value));
  }

  return { read, write, history, writeHistory };
}

/** One key for each scope, so that Workers can share a namespace. Application keys for the same named bucket share one record. */
function keyOf(what: string, { bucketName, applicationKeyId, fileNamePrefix }: TokenScope): string {
  const owner = bucketName === undefined ? `key/${applicationKeyId}` : `bucket/${bucketName}`;
  return `${what}/${owner}/${[...fileNamePrefix].slice(0, KEPT_OF_PREFIX).join("")}`;
}

async function inTime<T>(operation: "read" | "write", call: () => Promise<T>): Promise<T> {
  try {
    return await withDeadline(call(), TIMEOUT_MS, () => new Error(`no answer in ${TIMEOUT_MS} ms`));
  } catch (cause) {
    throw new KvError(operation, cause);
  }
}
