import { pauseAfterCapMs } from "../b2/cap.ts";
import { createAllowance } from "./allowance.ts";
import { MintError } from "./mint-error.ts";

/** The pause after a mint that did not help: doubled each time. */
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 5 * 60_000;
/** KV is asked sooner than B2: the cron, or another isolate, may have written meanwhile. */
const LOOK_EVERY_MS = 5_000;
/** Isolates cannot talk to each other: a mint that KV tells of keeps all of them from the next one for so long. */
const MINT_OF_ALL_EVERY_MS = 2 * 60_000;
/**
 * What B2 grants for nothing is counted (on many accounts 2,500 calls a day), and a visitor may ask for names that B2 answers
 * with 401 for ever, or B2 may give tokens that no download takes: then each mint succeeds and none helps.
 */
export const MINTS = { most: 5, oneBackEveryMs: 30 * 60_000 };

/** When an isolate may ask KV and B2's API for a token. */
export interface BackOff {
  /** Whether the last mint did not help. */
  failing(): boolean;
  /** Whether B2's API may be asked. */
  mayMint(): boolean;
  /** Whether KV may be asked. */
  mayLook(): boolean;
  /** ms until it is worth asking again. */
  remainingMs(): number;
  /** Why there is no token, in words. */
  reason(): string;
  /** Why the last mint failed. */
  cause(): unknown;
  /** A mint gave this token. It is unproven until a download has shown whether it works. */
  minted(token: string): void;
  /** A mint failed. */
  fail(cause: unknown): void;
  /** B2 refused this token. If it is the unproven one, its mint failed: once, however many requests learn it. */
  refused(token: string): void;
  /** This token works: whatever went wrong is over. */
  worked(token: string): void;
  /** KV has a token of this key that somebody minted then (ms since the epoch), and it does not help. */
  mintedForAll(issuedAt: number): void;
  /** KV had nothing, and B2 may not be asked yet. */
  lookedInVain(): void;
}

/** Makes the back-off of one isolate. `now` gives ms since the epoch. */
export function createBackOff(now: () => number): BackOff {
  const allowance = createAllowance({ ...MINTS, now });
  let failures = 0;
  let pauseEndsAt = 0;
  let othersMayMintAt = 0;
  let lookNotBefore = 0;
  let lastCause: unknown;
  let unproven: string | undefined;

  function mintNotBefore(): number {
    return Math.max(pauseEndsAt, othersMayMintAt, allowance.nextAt());
  }

  function minted(token: string): void {
    unproven = token;
    allowance.spend();
  }

  function fail(cause: unknown): void {
    lastCause = cause;
    const pauseMs = Math.max(FIRST_PAUSE_MS * 2 ** failures, pauseOfB2(cause, now()));
    pauseEndsAt = now() + Math.min(pauseMs, LONGEST_PAUSE_MS);
    lookNotBefore = now() + LOOK_EVERY_MS;
    failures += 1;
  }

  function refused(token: string): void {
    if (token !== unproven) return;
    unproven = undefined;
    fail(undefined);
  }

  /** The allowance stays spent: a token that works may be one that B2 refuses for another file. */
  function worked(token: string): void {
    if (token === unproven) unproven = undefined;
    failures = 0;
    pauseEndsAt = 0;
    othersMayMintAt = 0;
    lookNotBefore = 0;
    lastCause = undefined;
  }

  function mintedForAll(issuedAt: number): void {
    // Clocks differ: a time to come counts as now.
    othersMayMintAt = Math.min(issuedAt, now()) + MINT_OF_ALL_EVERY_MS;
  }

  function lookedInVain(): void {
    // Not beyond the time when B2 may be asked.
    lookNotBefore = Math.min(now() + LOOK_EVERY_MS, mintNotBefore());
  }

  function reason(): string {
    if (now() < pauseEndsAt) return "the last mint did not help";
    if (now() < othersMayMintAt) return "the key's newest token, minted less than two minutes ago, does not help";
    if (now() < allowance.nextAt()) return "this isolate has minted as often as it may for now";
    return "another request is still looking for one";
  }

  return {
    failing: () => failures > 0,
    mayMint: () => now() >= mintNotBefore(),
    mayLook: () => now() >= lookNotBefore,
    // KV is looked at all the while, so nobody is sent away for longer than the longest pause.
    remainingMs: () => Math.min(Math.max(mintNotBefore(), lookNotBefore) - now(), LONGEST_PAUSE_MS),
    reason,
    cause: () => lastCause,
    minted,
    fail,
    refused,
    worked,
    mintedForAll,
    lookedInVain,
  };
}

/** What B2 asks for, in ms. */
function pauseOfB2(cause: unknown, now: number): number {
  const fault = cause instanceof MintError ? cause.cause : undefined;
  return fault?.code === "cap-exceeded" ? pauseAfterCapMs(now) : (fault?.retryAfterSeconds ?? 0) * 1000;
}
