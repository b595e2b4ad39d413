import { MintError } from "./mint-error.ts";

/** The pause after a mint that did not help: doubled each time. */
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 5 * 60_000;
/** KV is asked sooner than B2: the cron, or another isolate, may have written meanwhile. */
const LOOK_EVERY_MS = 5_000;

/** When an isolate whose mints do not help may ask again. */
export interface BackOff {
  failing(): boolean;
  /** Whether B2's API may be asked. */
  mayMint(): boolean;
  /** Whether KV may be asked. */
  mayLook(): boolean;
  /** ms until something may be asked again. */
  remainingMs(): number;
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
  /** KV had nothing, and B2 may not be asked yet. */
  lookedInVain(): void;
  /** Whatever went wrong is over. */
  end(): void;
}

/** Makes the back-off of one isolate. `now` gives ms since the epoch. */
export function createBackOff(now: () => number): BackOff {
  let failures = 0;
  let mintNotBefore = 0;
  let lookNotBefore = 0;
  let lastCause: unknown;
  let unproven: string | undefined;

  function fail(cause: unknown): void {
    lastCause = cause;
    const pauseMs = Math.max(FIRST_PAUSE_MS * 2 ** failures, pauseOfB2(cause));
    mintNotBefore = now() + Math.min(pauseMs, LONGEST_PAUSE_MS);
    lookNotBefore = now() + LOOK_EVERY_MS;
    failures += 1;
  }

  function refused(token: string): void {
    if (token !== unproven) return;
    unproven = undefined;
    fail(undefined);
  }

  function worked(token: string): void {
    if (token === unproven) unproven = undefined;
    end();
  }

  function lookedInVain(): void {
    // Not beyond the time when B2 may be asked.
    lookNotBefore = Math.min(now() + LOOK_EVERY_MS, mintNotBefore);
  }

  function end(): void {
    failures = 0;
    mintNotBefore = 0;
    lookNotBefore = 0;
    lastCause = undefined;
  }

  return {
    failing: () => failures > 0,
    mayMint: () => now() >= mintNotBefore,
    mayLook: () => now() >= lookNotBefore,
    remainingMs: () => Math.max(mintNotBefore, lookNotBefore) - now(),
    cause: () => lastCause,
    minted: (token) => {
      unproven = token;
    },
    fail,
    refused,
    worked,
    lookedInVain,
    end,
  };
}

/** What B2 asks for, in ms. A reached cap is asked about as seldom as can be: the owner may raise it before 00:00 UTC. */
function pauseOfB2(cause: unknown): number {
  const fault = cause instanceof MintError ? cause.cause : undefined;
  return fault?.code === "cap-exceeded" ? LONGEST_PAUSE_MS : (fault?.retryAfterSeconds ?? 0) * 1000;
}
