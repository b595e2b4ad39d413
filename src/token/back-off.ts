import { MintError } from "./mint-error.ts";

/** The pause after a mint that did not help: doubled each time. */
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 5 * 60_000;
/** KV is asked sooner than B2: the cron, or another isolate, may have written meanwhile. */
const LOOK_EVERY_MS = 5_000;

/** When an isolate whose mints fail may ask again. */
export interface BackOff {
  failing(): boolean;
  /** Whether B2's API may be asked. */
  mayMint(): boolean;
  /** Whether KV may be asked. */
  mayLook(): boolean;
  /** ms until something may be asked again. */
  remainingMs(): number;
  /** A mint did not help; `cause` is its error, if it was one. */
  fail(cause?: unknown): void;
  /** Why the last mint failed. */
  cause(): unknown;
  /** KV had nothing, and B2 may not be asked yet. */
  lookedInVain(): void;
  /** Whatever went wrong is over. */
  end(): void;
}

export function createBackOff(now: () => number): BackOff {
  let failures = 0;
  let mintNotBefore = 0;
  let lookNotBefore = 0;
  let lastCause: unknown;

  function fail(cause?: unknown): void {
    lastCause = cause;
    const pauseMs = Math.max(FIRST_PAUSE_MS * 2 ** failures, pauseOfB2(cause));
    mintNotBefore = now() + Math.min(pauseMs, LONGEST_PAUSE_MS);
    lookNotBefore = now() + LOOK_EVERY_MS;
    failures += 1;
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
    fail,
    cause: () => lastCause,
    lookedInVain,
    end,
  };
}

/** What B2 asks for, in ms. A reached cap is asked about as seldom as can be: the owner may raise it before 00:00 UTC. */
function pauseOfB2(cause: unknown): number {
  const fault = cause instanceof MintError ? cause.cause : undefined;
  return fault?.code === "cap-exceeded" ? LONGEST_PAUSE_MS : (fault?.retryAfterSeconds ?? 0) * 1000;
}
