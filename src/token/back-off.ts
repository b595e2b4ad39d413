import { pauseAfterCapMs } from "../b2/cap.ts";
import { createAllowance } from "./allowance.ts";
import { MintError } from "./mint-error.ts";

/** The pause after a mint that brought no working token. It doubles each time. */
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 5 * 60_000;
/** KV is read more often than B2 is asked: the cron or another isolate may have written to it meanwhile. */
const LOOK_EVERY_MS = 5_000;
/** Isolates cannot talk to each other, so a fresh record in KV keeps all of them from minting until it is this old. */
const MINT_OF_ALL_EVERY_MS = 2 * 60_000;
/**
 * Limits mints that succeed and do not help: B2's free calls are counted (2,500 a day on many accounts), a visitor may ask
 * for names that B2 always answers with 401, and B2 may give tokens that no download accepts.
 */
export const MINTS = { most: 5, oneBackEveryMs: 30 * 60_000 };

/** Decides when an isolate may ask KV and B2's API for a token. */
export interface BackOff {
  /** Whether the last mint brought no working token. */
  failing(): boolean;
  /** Whether B2's API may be asked. */
  mayMint(): boolean;
  /** Whether KV may be asked. */
  mayLook(): boolean;
  /** ms until it is worth asking again. */
  remainingMs(): number;
  /** Why no token is asked for now, in words. */
  reason(): string;
  /** Why the last mint failed. */
  cause(): unknown;
  /** Notes a token that was minted. It is unproven until a download has shown whether it works. */
  minted(token: string): void;
  /** Notes a failed mint, and begins or doubles the pause. */
  fail(cause: unknown): void;
  /** Notes that B2 refused this token. If it is unproven, its mint counts as failed: once, however many requests were refused. */
  refused(token: string): void;
  /** Notes that this token works: every pause is over. */
  worked(token: string): void;
  /** Notes that KV's token of this application key, minted at `issuedAt` (ms since the epoch), does not help. */
  mintedForAll(issuedAt: number): void;
  /** Notes that KV had no token that helps, while B2 may not be asked yet. */
  lookedInVain(): void;
}

/** Makes the back-off of one isolate. `now` gives ms since the epoch. It is over 50 lines, since all its functions share one state. */
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

  /** The allowance is not given back: B2 may refuse a token that works for this file when it is used for another. */
  function worked(token: string): void {
    if (token === unproven) unproven = undefined;
    failures = 0;
    pauseEndsAt = 0;
    othersMayMintAt = 0;
    lookNotBefore = 0;
    lastCause = undefined;
  }

  function mintedForAll(issuedAt: number): void {
    // Clocks differ: a time in the future counts as now.
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
    // KV is read meanwhile, so nobody is asked to wait for longer than the longest pause.
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

/** The pause that B2 asks for, in ms; 0 when it asks for none. */
function pauseOfB2(cause: unknown, now: number): number {
  const fault = cause instanceof MintError ? cause.cause : undefined;
  return fault?.code === "cap-exceeded" ? pauseAfterCapMs(now) : (fault?.retryAfterSeconds ?? 0) * 1000;
}
