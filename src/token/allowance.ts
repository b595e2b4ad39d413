/** How many uses an allowance holds, and after how many ms it gets one back. */
export interface AllowanceTerms {
  most: number;
  oneBackEveryMs: number;
  /** ms since the epoch. */
  now: () => number;
}

/** Limits how often one isolate may do something that is counted elsewhere, such as a call of B2's API. */
export interface Allowance {
  /** When the next use is allowed, in ms since the epoch; a time in the past: it is allowed now. */
  nextAt(): number;
  spend(): void;
  /** Takes back one `spend`, for a use that was not counted after all. */
  giveBack(): void;
}

/** Makes the allowance of one isolate, which starts full. */
export function createAllowance({ most, oneBackEveryMs, now }: AllowanceTerms): Allowance {
  /** When the allowance will be full again, in ms since the epoch. */
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
