import { describeError, type Log } from "../log.ts";
import { type DownloadToken, isFresh, isUnexpired } from "./download-token.ts";
import type { Minted } from "./mint.ts";
import type { TokenStore } from "./store.ts";

/** One request looks a token up for all of its isolate, and holds this lease meanwhile (an authorize that stalls takes 10 s). */
const LEASE_MS = 30_000;
/** How long the others wait for its value, and how often they look. */
const WAIT_MS = 15_000;
const LOOK_EVERY_MS = 20;
/** The pause after a mint that did not help: doubled each time. */
const FIRST_BACK_OFF_MS = 5_000;
const LONGEST_BACK_OFF_MS = 5 * 60_000;

export interface TokenSourceParts {
  store: TokenStore;
  mint: () => Promise<Minted>;
  log: Log;
  /** ms since the epoch. */
  now: () => number;
  wait: (ms: number) => Promise<unknown>;
}

/** Keeps work going after the response, as `ExecutionContext.waitUntil` does. */
export type WaitUntil = (work: Promise<unknown>) => void;

export interface TokenSource {
  /** A token to download with: memory, else KV, else a mint. Throws `TokenUnavailableError`. */
  get(waitUntil: WaitUntil): Promise<DownloadToken>;
  /** Another token than one that B2 answered with 401. Throws `TokenUnavailableError`. */
  renew(refused: DownloadToken, waitUntil: WaitUntil): Promise<DownloadToken>;
  /** A renewed token did work: whatever went wrong is over. */
  confirm(renewed: DownloadToken): void;
  /** A token just minted was refused too. If it never worked, more mints will not help: the back-off grows. */
  reject(minted: DownloadToken): void;
  /** What memory holds, for health. */
  held(): DownloadToken | undefined;
}

/** There is no token to be had now. */
export class TokenUnavailableError extends Error {
  readonly code = "token-unavailable";
  readonly retryAfterSeconds: number;

  constructor(retryAfterMs: number, cause?: unknown) {
    super("no download token", { cause });
    this.name = "TokenUnavailableError";
    this.retryAfterSeconds = Math.max(1, Math.ceil(retryAfterMs / 1000));
  }
}

/**
 * The token of one isolate. Memory holds values, never promises: a promise made by one request and awaited by another
 * hangs (platform §2.5). So one request takes a lease and the others look at memory until it has something.
 */
export function createTokenSource({ store, mint, log, now, wait }: TokenSourceParts): TokenSource {
  let held: DownloadToken | undefined;
  let lastResort: DownloadToken | undefined;
  /** The last token of which it is known whether it ever worked: many requests learn it at once, and it counts once. */
  let judged: string | undefined;
  let leaseUntil = 0;
  let failures = 0;
  let mintNotBefore = 0;
  let lookUpNotBefore = 0;

  async function get(waitUntil: WaitUntil): Promise<DownloadToken> {
    return held !== undefined && isFresh(held, now()) ? held : await lookUp(undefined, waitUntil);
  }

  async function renew(refused: DownloadToken, waitUntil: WaitUntil): Promise<DownloadToken> {
    if (held?.token === refused.token) {
      lastResort = held;
      held = undefined;
    }
    return held !== undefined && isFresh(held, now()) ? held : await lookUp(refused, waitUntil);
  }

  /** Takes the lease, or waits for the value of the request that has it. */
  async function lookUp(refused: DownloadToken | undefined, waitUntil: WaitUntil): Promise<DownloadToken> {
    const giveUpAt = now() + WAIT_MS;
    while (now() < leaseUntil && now() < giveUpAt) {
      await wait(LOOK_EVERY_MS);
      if (held !== undefined && held.token !== refused?.token && isFresh(held, now())) return held;
    }
    if (now() < Math.max(lookUpNotBefore, leaseUntil)) return lastOr(refused, undefined);
    leaseUntil = now() + LEASE_MS;
    const found = readOrMint(refused, waitUntil).finally(() => {
      leaseUntil = 0;
    });
    // The visitor may leave; the others wait for this all the same.
    waitUntil(found.catch(() => undefined));
    return await found;
  }

  async function readOrMint(refused: DownloadToken | undefined, waitUntil: WaitUntil): Promise<DownloadToken> {
    const stored = await readStored(refused !== undefined);
    if (stored !== undefined && stored.token !== refused?.token) {
      if (isFresh(stored, now())) return hold(stored);
      if (isUnexpired(stored, now())) lastResort = newer(stored, lastResort);
    }
    if (now() < mintNotBefore) {
      lookUpNotBefore = now() + FIRST_BACK_OFF_MS;
      return lastOr(refused, undefined);
    }
    try {
      const minted = await mint();
      if (refused === undefined) forgetFailures();
      log("info", "token.minted", { on: "request", trial: minted.trial.kind });
      if (minted.trial.kind !== "refused" || stored === undefined || !isFresh(stored, now())) {
        waitUntil(writeStored(minted.token));
      }
      return hold(minted.token);
    } catch (cause) {
      log("error", "token.mint-failed", { on: "request", error: describeError(cause) });
      backOff();
      return lastOr(refused, cause);
    }
  }

  function hold(token: DownloadToken): DownloadToken {
    held = token;
    return token;
  }

  /** Nothing fresh is to be had: the newest token that may still work, but never the one just refused. */
  function lastOr(refused: DownloadToken | undefined, cause: unknown): DownloadToken {
    if (lastResort !== undefined && lastResort.token !== refused?.token && isUnexpired(lastResort, now()))
      return lastResort;
    const unexpired = held !== undefined && held.token !== refused?.token && isUnexpired(held, now());
    if (unexpired && held !== undefined) return held;
    throw new TokenUnavailableError(Math.max(mintNotBefore, lookUpNotBefore) - now(), cause);
  }

  async function readStored(pastCache: boolean): Promise<DownloadToken | undefined> {
    try {
      return await store.read({ pastCache });
    } catch (error) {
      log("error", "token.store-failed", { error: describeError(error) });
      return undefined;
    }
  }

  async function writeStored(token: DownloadToken): Promise<void> {
    try {
      await store.write(token);
    } catch (error) {
      log("error", "token.store-failed", { error: describeError(error) });
    }
  }

  function confirm({ token }: DownloadToken): void {
    judged = token;
    forgetFailures();
  }

  function reject({ token }: DownloadToken): void {
    if (token === judged) return;
    judged = token;
    backOff();
  }

  function forgetFailures(): void {
    failures = 0;
    mintNotBefore = 0;
    lookUpNotBefore = 0;
  }

  function backOff(): void {
    failures += 1;
    const pause = Math.min(FIRST_BACK_OFF_MS * 2 ** (failures - 1), LONGEST_BACK_OFF_MS);
    mintNotBefore = now() + pause;
    // KV is asked sooner than B2: the cron, or another isolate, may have written by then.
    lookUpNotBefore = now() + FIRST_BACK_OFF_MS;
  }

  return { get, renew, confirm, reject, held: () => held };
}

function newer(token: DownloadToken, other: DownloadToken | undefined): DownloadToken {
  return other === undefined || token.expiresAt > other.expiresAt ? token : other;
}
