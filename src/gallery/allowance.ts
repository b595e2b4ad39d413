/** So many may be spent at once, and one comes back after each pause (ms). */
export interface AllowanceTerms {
  most: number;
  oneBackAfterMs: number;
}

/** What one isolate may spend of something that the owner pays for. */
export interface Allowance {
  /** Spends one. False when there is none. */
  spend(now: number): boolean;
  /** What was spent cost nothing. */
  giveBack(): void;
  /** ms until one can be spent. */
  waitMs(now: number): number;
}

/** Makes the allowance of one isolate, which begins full. `now` is in ms since the epoch. */
export function createAllowance({ most, oneBackAfterMs }: AllowanceTerms): Allowance {
  let left = most;
  let countedAt = Number.NEGATIVE_INFINITY;

  function spend(now: number): boolean {
    count(now);
    if (left < 1) return false;
    left -= 1;
    return true;
  }

  function count(now: number): void {
    left = Math.min(most, left + Math.max(0, now - countedAt) / oneBackAfterMs);
    countedAt = Math.max(countedAt, now);
  }

  function giveBack(): void {
    left = Math.min(most, left + 1);
  }

  function waitMs(now: number): number {
    count(now);
    return Math.max(0, (1 - left) * oneBackAfterMs);
  }

  return { spend, giveBack, waitMs };
}
