/**
 * What B2 grants for nothing is counted (on many accounts 2,500 calls a day), and a visitor may ask for names that B2 answers
 * with 401 for ever, or B2 may give tokens that no download takes: then each mint succeeds and none helps.
 */
const MOST = 5;
const ONE_BACK_EVERY_MS = 30 * 60_000;

/** How many tokens one isolate may still mint on the request path. */
export interface Allowance {
  /** When the next mint is allowed, in ms since the epoch: in the past, if it is allowed now. */
  nextAt(): number;
  /** B2 gave a token. */
  spend(): void;
}

/** Makes the allowance of one isolate: five mints, and one comes back each 30 minutes. `now` gives ms since the epoch. */
export function createAllowance(now: () => number): Allowance {
  /** When all will have come back. */
  let wholeAt = Number.NEGATIVE_INFINITY;

  return {
    nextAt: () => wholeAt - (MOST - 1) * ONE_BACK_EVERY_MS,
    spend: () => {
      wholeAt = Math.max(wholeAt, now()) + ONE_BACK_EVERY_MS;
    },
  };
}
