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
  /** A mint did not help. */
  fail(): void;
  /** KV had nothing, and B2 may not be asked yet. */
  lookedInVain(): void;
  /** Whatever went wrong is over. */
  end(): void;
}

export function createBackOff(now: () => number): BackOff {
  let failures = 0;
  let mintNotBefore = 0;
  let lookNotBefore = 0;

  function fail(): void {
    mintNotBefore = now() + Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS);
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
  }

  return {
    failing: () => failures > 0,
    mayMint: () => now() >= mintNotBefore,
    mayLook: () => now() >= lookNotBefore,
    remainingMs: () => Math.max(mintNotBefore, lookNotBefore) - now(),
    fail,
    lookedInVain,
    end,
  };
}
