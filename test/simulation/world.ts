export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
export const START = Date.UTC(2026, 10, 24);

/** Places where Workers run. */
export const PLACES = 100;

export interface WorldSize {
  days: number;
  /** How many isolates live at any time; each lives for hours, then another one comes. */
  isolates: number;
}

/** The number of the day, from 0. */
export function dayOf(at: number): number {
  return Math.floor((at - START) / DAY_MS);
}

export const CRON_HOURS = 6;

/**
 * How B2's API fails. `flaky` is half of the calls; `no-grants` the second call of a mint; `crawls` takes nearly as long as
 * the Worker waits; `dead-tokens` gives tokens that no download takes, as with a key that lost a right.
 */
export const API_FAULTS = [
  "refused",
  "unavailable",
  "hangs",
  "flaky",
  "no-grants",
  "crawls",
  "too-many-requests",
  "dead-tokens",
] as const;

export interface Outage {
  startHour: number;
  hours: number;
  fault: (typeof API_FAULTS)[number];
}

export interface Revocation {
  hour: number;
  /** `half`: each token with a chance of one half. `former keys`: the owner deletes all keys but the one in use. */
  of: "all" | "newest" | "half" | "former keys";
}

/** B2 answers 401 to downloads, of all files or of one alone, although its API and the trials of new tokens are well. */
export interface Refusal {
  startHour: number;
  hours: number;
  of: "all" | "odd";
}

export interface Deploy {
  hour: number;
  newKey: boolean;
  /** The new key is mistyped: B2 refuses it. */
  isWrong?: boolean;
}

export interface KvFault {
  hour: number;
  minutes: number;
  fault: "throws" | "hangs" | "refuses writes";
}

/** All that happens. What is not told here (who asks when, each latency) is drawn from the seed. */
export interface World extends WorldSize {
  seed: number;
  /** The longest that a write to KV takes to reach a place. */
  kvLagSeconds: number;
  /** How much earlier than seven days after it was given B2 lets a token die: clocks differ. */
  diesEarlySeconds: number;
  outages: Outage[];
  revocations: Revocation[];
  refusals: Refusal[];
  deploys: Deploy[];
  kvFaults: KvFault[];
  /** What became of a cron run, by its number; all others came on time. */
  cron: { run: number; was: "missed" | "twice" | "late" }[];
  /** The cron does not run for so many days from this hour on: tokens expire in KV. */
  cronGap: { hour: number; days: number } | null;
}
