import { withDeadline } from "../with-deadline.ts";
import { type DownloadToken, formatRecord, parseRecord, type TokenScope } from "./download-token.ts";
import { parseHistory, type RotationOutcome } from "./rotation-history.ts";

/** The name of the token's record in earlier releases: two Workers that shared a namespace wrote over each other. */
const OLD_TOKEN_KEY = "download-token";
/** KV takes keys of at most 512 bytes. Prefixes that begin alike for so long share one key, and mint more often. */
const KEPT_OF_PREFIX = 100;

/** Seconds that a place may answer from its own copy of KV. Short: a missing key is remembered as long. */
const CACHE_TTL_SECONDS = 60;
/** The least that KV accepts: the nearest thing to reading past its cache. */
const LEAST_CACHE_TTL_SECONDS = 30;

/** KV answers in milliseconds: one that hangs must not hold up a visitor who could be served with a new token. */
const TIMEOUT_MS = 5_000;

/** KV failed: `operation` says at what. */
export class KvError extends Error {
  readonly code = "kv-failed";
  readonly operation: "read" | "write";

  constructor(operation: "read" | "write", cause: unknown) {
    super(`KV ${operation} failed`, { cause });
    this.name = "KvError";
    this.operation = operation;
  }
}

/** What the store needs of a KV namespace. */
export interface TokenNamespace {
  get(key: string, options: { type: "text"; cacheTtl: number }): Promise<string | null>;
  put(key: string, value: string): Promise<void>;
}

/** The record of KV. */
export interface StoredToken {
  token: DownloadToken;
  /** False: it is of another application key for the same bucket and prefix, which is better than none. */
  isOfThisKey: boolean;
  /** It is to be written again, under the name that is read first. */
  hasOldName: boolean;
}

export interface TokenStore {
  /** The record for this Worker's settings, or undefined. `pastCache` asks KV for news. Throws `KvError`. */
  read(options?: { pastCache?: boolean }): Promise<StoredToken | undefined>;
  /** Throws `KvError`. */
  write(token: DownloadToken): Promise<void>;
  /** The last rotations, the newest last; news, unless a copy of a minute will do. Throws `KvError`. */
  history(options?: { pastCache?: boolean }): Promise<RotationOutcome[]>;
  /** Throws `KvError`. */
  writeHistory(history: RotationOutcome[]): Promise<void>;
}

/** The only access to Workers KV. */
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

/** One key for each scope, so that Workers that share a namespace do not fight. The bucket's token is that of all its keys. */
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
