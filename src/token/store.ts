import { type DownloadToken, type TokenScope, formatRecord, parseRecord } from "./download-token.ts";

const TOKEN_KEY = "download-token";

/** Seconds that a place may answer from its own copy of KV. Short: a missing key is remembered as long. */
const CACHE_TTL_SECONDS = 60;
/** The least that KV accepts: the nearest thing to reading past its cache. */
const LEAST_CACHE_TTL_SECONDS = 30;

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

export interface TokenStore {
  /** The record for this Worker's settings, or undefined. `pastCache` asks KV for news. Throws `KvError`. */
  read(options?: { pastCache?: boolean }): Promise<DownloadToken | undefined>;
  /** Throws `KvError`. */
  write(token: DownloadToken): Promise<void>;
}

/** The only access to the token in Workers KV. */
export function createTokenStore(namespace: TokenNamespace, scope: TokenScope): TokenStore {
  async function read({ pastCache = false } = {}): Promise<DownloadToken | undefined> {
    const cacheTtl = pastCache ? LEAST_CACHE_TTL_SECONDS : CACHE_TTL_SECONDS;
    try {
      const text = await namespace.get(TOKEN_KEY, { type: "text", cacheTtl });
      return text === null ? undefined : parseRecord(text, scope);
    } catch (cause) {
      throw new KvError("read", cause);
    }
  }

  async function write(token: DownloadToken): Promise<void> {
    try {
      await namespace.put(TOKEN_KEY, formatRecord(token));
    } catch (cause) {
      throw new KvError("write", cause);
    }
  }

  return { read, write };
}
