import { describeError, type Log } from "../log.ts";
import { createBackOff } from "./back-off.ts";
import { type DownloadToken, isFresh, isUnexpired } from "./download-token.ts";
import type { Minted } from "./mint.ts";
import type { TokenStore } from "./store.ts";
import { TokenUnavailableError } from "./token-unavailable-error.ts";

/** One request looks a token up for all of its isolate, and holds this lease meanwhile (an authorize that stalls takes 10 s). */
const LEASE_MS = 30_000;
/** How long the others wait for its value, and how often they look. */
const WAIT_MS = 15_000;
const LOOK_EVERY_MS = 20;

export interface TokenSourceParts {
  store: TokenStore;
  mint: () => Promise<Minted>;
  log: Log;
  /** ms since the epoch. */
  now: () => number;
  wait: (ms: number) => Promise<unknown>;
}

/** The request that needs a token. */
export interface Caller {
  /** Keeps work going after the response, as `ExecutionContext.waitUntil` does. */
  waitUntil: (work: Promise<unknown>) => void;
  /** For the log. */
  ray: string | undefined;
}

export interface TokenSource {
  /** A token to download with: memory, else KV, else a mint. Throws `TokenUnavailableError`. */
  get(caller: Caller): Promise<DownloadToken>;
  /** Another token than one that B2 answered with 401. Throws `TokenUnavailableError`. */
  renew(refused: DownloadToken, caller: Caller): Promise<DownloadToken>;
  /** A token did work. If it is the fresh one that is held, whatever went wrong is over. */
  confirm(token: DownloadToken): void;
  /** A new token was refused too. If this isolate minted it, and it never worked, more mints will not help. */
  reject(minted: DownloadToken): void;
  /** What memory holds, for health. */
  held(): DownloadToken | undefined;
}

/** What KV has. One that cannot be read may have a good token: nothing doubtful is written over it. */
type Stored = DownloadToken | "absent" | "unreadable";

/**
 * The token of one isolate. Memory holds values, never promises: a promise made by one request and awaited by another
 * hangs (platform §2.5). So one request takes a lease and the others look at memory until it has something.
 */
export function createTokenSource({ store, mint, log, now, wait }: TokenSourceParts): TokenSource {
  let held: DownloadToken | undefined;
  let lastResort: DownloadToken | undefined;
  /** B2 may have refused it by mistake, or takes it again by now. */
  let lastRefused: DownloadToken | undefined;
  /** What this isolate minted last, until it is known whether it works: many requests learn it at once, and it counts once. */
  let unproven: string | undefined;
  let leaseUntil = 0;
  const backOff = createBackOff(now);

  async function get(caller: Caller): Promise<DownloadToken> {
    return held !== undefined && isFresh(held, now()) ? held : await lookUp(undefined, caller);
  }

  async function renew(refused: DownloadToken, caller: Caller): Promise<DownloadToken> {
    if (held?.token === refused.token) held = undefined;
    if (lastResort?.token === refused.token) lastResort = undefined;
    lastRefused = newer(refused, lastRefused);
    return held !== undefined && isFresh(held, now()) ? held : await lookUp(refused, caller);
  }

  /** Takes the lease, or waits for the value of the request that has it. */
  async function lookUp(refused: DownloadToken | undefined, caller: Caller): Promise<DownloadToken> {
    const giveUpAt = now() + WAIT_MS;
    while (now() < leaseUntil && now() < giveUpAt) {
      await wait(LOOK_EVERY_MS);
      if (held !== undefined && held.token !== refused?.token && isFresh(held, now())) return held;
    }
    if (now() < leaseUntil || !backOff.mayLook()) return lastOr(refused);
    const ownLease = now() + LEASE_MS;
    leaseUntil = ownLease;
    const found = readOrMint(refused, caller).finally(() => {
      // It may have run out, and be another one's by now.
      if (leaseUntil === ownLease) leaseUntil = 0;
    });
    // The visitor may leave; the others wait for this all the same.
    caller.waitUntil(found.catch(() => undefined));
    return await found;
  }

  async function readOrMint(refused: DownloadToken | undefined, caller: Caller): Promise<DownloadToken> {
    // A place may answer from its own copy of KV for a minute: too long for one that needs a token and gets no new one.
    const stored = await readStored(refused !== undefined || backOff.failing(), caller);
    if (isBetter(stored, refused)) return hold(stored);
    if (!backOff.mayMint()) {
      backOff.lookedInVain();
      return lastOr(refused);
    }
    const minted = await tryToMint(caller);
    if (minted !== undefined && minted.trial.kind !== "refused") {
      caller.waitUntil(writeStored(minted.token, caller));
      return hold(minted.token);
    }
    // Another isolate may have had more luck meanwhile.
    const later = await readStored(true, caller);
    if (isBetter(later, refused)) return hold(later);
    // A token that B2 refuses is better than none, but not than an old one that may work.
    if (minted === undefined || unexpiredBut(refused) !== undefined) return lastOr(refused);
    const isBestForAll = later === "absent" || (later !== "unreadable" && !isFresh(later, now()));
    if (isBestForAll) caller.waitUntil(writeStored(minted.token, caller));
    return hold(minted.token);
  }

  /** A mint that helps ends the back-off, one that does not makes it grow: a key that lost a right still gets tokens. */
  async function tryToMint({ ray }: Caller): Promise<Minted | undefined> {
    try {
      const minted = await mint();
      const { token, trial } = minted;
      unproven = token.token;
      const fault = trial.kind === "unclear" ? trial.fault.message : undefined;
      log(trial.kind === "accepted" ? "info" : "warn", "token.minted", {
        on: "request",
        ray,
        trial: trial.kind,
        fault,
      });
      if (trial.kind === "accepted") backOff.end();
      if (trial.kind === "refused") reject(token);
      return minted;
    } catch (cause) {
      log("error", "token.mint-failed", { on: "request", ray, error: describeError(cause) });
      backOff.fail(cause);
      return undefined;
    }
  }

  /** Whether KV had a fresh token that was not just refused. One that still works for minutes is kept as the last resort. */
  function isBetter(stored: Stored, refused: DownloadToken | undefined): stored is DownloadToken {
    if (typeof stored === "string" || stored.token === refused?.token) return false;
    if (isFresh(stored, now())) return true;
    if (isUnexpired(stored, now())) lastResort = newer(stored, lastResort);
    return false;
  }

  function hold(token: DownloadToken): DownloadToken {
    held = token;
    return token;
  }

  /** Nothing fresh is to be had. */
  function lastOr(refused: DownloadToken | undefined): DownloadToken {
    const old = unexpiredBut(refused);
    if (old !== undefined) return old;
    throw new TokenUnavailableError(backOff.remainingMs(), backOff.cause());
  }

  /** A token that may still work: best one that was never refused, and never the one just refused. */
  function unexpiredBut(refused: DownloadToken | undefined): DownloadToken | undefined {
    return [lastResort, held, lastRefused].find(
      (token) => token !== undefined && token.token !== refused?.token && isUnexpired(token, now()),
    );
  }

  async function readStored(pastCache: boolean, { ray }: Caller): Promise<Stored> {
    try {
      return (await store.read({ pastCache })) ?? "absent";
    } catch (error) {
      log("error", "token.store-failed", { ray, error: describeError(error) });
      return "unreadable";
    }
  }

  async function writeStored(token: DownloadToken, { ray }: Caller): Promise<void> {
    try {
      await store.write(token);
    } catch (error) {
      log("error", "token.store-failed", { ray, error: describeError(error) });
    }
  }

  function confirm({ token }: DownloadToken): void {
    // A last resort that works is no reason to ask B2 at each request.
    if (held === undefined || held.token !== token || !isFresh(held, now())) return;
    if (token === unproven) unproven = undefined;
    backOff.end();
  }

  function reject({ token }: DownloadToken): void {
    if (token !== unproven) return;
    unproven = undefined;
    backOff.fail();
  }

  return { get, renew, confirm, reject, held: () => held };
}

function newer(token: DownloadToken, other: DownloadToken | undefined): DownloadToken {
  return other === undefined || token.expiresAt > other.expiresAt ? token : other;
}
