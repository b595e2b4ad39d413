/** So many at once, and one comes back after each pause (ms). */
export interface AllowanceTerms {
  most: number;
  oneBackEveryMs: number;
  /** ms since the epoch. */
  now: () => number;
}

/** How much of something that is counted one isolate may still use. */
export interface Allowance {
  /** When the next use is allowed, in ms since the epoch: in the past, if it is allowed now. */
  nextAt(): number;
  spend(): void;
  /** What was spent cost nothing. */
  giveBack(): void;
}

/** Makes the allowance of one isolate, which begins whole. */
export function createAllowance({ most, oneBackEveryMs, now }: AllowanceTerms): Allowance {
  /** When all will have come back. */
  let wholeAt = Number.NEGATIVE_INFINITY;

  return {
    nextAt: () => wholeAt - (most - 1) * oneBackEveryMs,
    spend: () => {
      wholeAt = Math.max(wholeAt, now()) + oneBackEveryMs;
    },
    giveBack: () => {
      wholeAt -= oneBackEveryMs;
    },
  };
}
