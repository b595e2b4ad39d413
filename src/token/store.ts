import { withDeadline } from "../with-deadline.ts";
import { type DownloadToken, formatRecord, parseRecord, type TokenScope } from "./download-token.ts";
import { addOutcome, parseHistory, type RotationOutcome } from "./rotation-history.ts";

const TOKEN_KEY = "download-token";
const HISTORY_KEY = "rotation-history";

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

export interface TokenStore {
  /** The record for this Worker's settings, or undefined. `pastCache` asks KV for news. Throws `KvError`. */
  read(options?: { pastCache?: boolean }): Promise<DownloadToken | undefined>;
  /** Throws `KvError`. */
  write(token: DownloadToken): Promise<void>;
  /** The last rotations, the newest last. Throws `KvError`. */
  history(): Promise<RotationOutcome[]>;
  /** Adds to them. Throws `KvError`. */
  addOutcome(outcome: RotationOutcome): Promise<void>;
}

/** The only access to Workers KV. */
export function createTokenStore(namespace: TokenNamespace, scope: TokenScope): TokenStore {
  async function read({ pastCache = false } = {}): Promise<DownloadToken | undefined> {
    const text = await get(TOKEN_KEY, pastCache ? LEAST_CACHE_TTL_SECONDS : CACHE_TTL_SECONDS);
    return text === null ? undefined : parseRecord(text, scope);
  }

  async function write(token: DownloadToken): Promise<void> {
    await put(TOKEN_KEY, formatRecord(token));
  }

  async function history(): Promise<RotationOutcome[]> {
    return parseHistory(await get(HISTORY_KEY, LEAST_CACHE_TTL_SECONDS));
  }

  async function addToHistory(outcome: RotationOutcome): Promise<void> {
    await put(HISTORY_KEY, JSON.stringify(addOutcome(await history(), outcome)));
  }

  async function get(key: string, cacheTtl: number): Promise<string | null> {
    return await inTime("read", () => namespace.get(key, { type: "text", cacheTtl }));
  }

  async function put(key: string, value: string): Promise<void> {
    await inTime("write", () => namespace.put(key, value));
  }

  return { read, write, history, addOutcome: addToHistory };
}

async function inTime<T>(operation: "read" | "write", call: () => Promise<T>): Promise<T> {
  try {
    return await withDeadline(call(), TIMEOUT_MS, () => new Error(`no answer in ${TIMEOUT_MS} ms`));
  } catch (cause) {
    throw new KvError(operation, cause);
  }
}
