import { describeError, type Log } from "../log.ts";
import { type DownloadToken, isUnexpired, lessThanHalfLeft } from "../token/download-token.ts";
import type { TokenStore } from "../token/store.ts";

/** `degraded`: images are served, but no rotation has worked for half of a token's life. */
export type Health = { status: "ok" } | { status: "degraded" | "down"; reason: string };

/** How long an isolate keeps what KV said: health checks of anybody must not use up the owner's KV reads. */
const KEEP_MS = 60_000;

export interface HealthParts {
  store: TokenStore;
  /** The token in the isolate's memory. */
  held: () => DownloadToken | undefined;
  now: () => number;
  log: Log;
}

/** Makes the health check of one isolate: from memory, with at most one read of KV a minute. */
export function createHealthCheck({ store, held, now, log }: HealthParts): () => Promise<Health> {
  let stored: DownloadToken | undefined;
  let storedAt = Number.NEGATIVE_INFINITY;

  async function check(): Promise<Health> {
    const inMemory = held();
    if (inMemory !== undefined && isUnexpired(inMemory, now()) && !lessThanHalfLeft(inMemory, now()))
      return { status: "ok" };
    // A young token may be in KV while memory still has an old one, which is as good for serving.
    if (now() - storedAt >= KEEP_MS) {
      storedAt = now();
      stored = await readStored();
    }
    return healthOf(newest(inMemory, stored), now());
  }

  async function readStored(): Promise<DownloadToken | undefined> {
    try {
      return (await store.read())?.token;
    } catch (error) {
      log("error", "token.store-failed", { error: describeError(error) });
      return undefined;
    }
  }

  return check;
}

function healthOf(token: DownloadToken | undefined, now: number): Health {
  if (token === undefined) {
    return {
      status: "down",
      reason: "There is no download token. The next request for a file, or the next cron run, gets one.",
    };
  }
  if (!isUnexpired(token, now))
    return { status: "down", reason: `The download token expired at ${time(token.expiresAt)}.` };
  if (!lessThanHalfLeft(token, now)) return { status: "ok" };
  return {
    status: "degraded",
    reason: `No rotation has worked since ${time(token.issuedAt)}. The download token holds until ${time(token.expiresAt)}.`,
  };
}

function newest(one: DownloadToken | undefined, other: DownloadToken | undefined): DownloadToken | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one.expiresAt > other.expiresAt ? one : other;
}

function time(ms: number): string {
  return new Date(ms).toISOString();
}
