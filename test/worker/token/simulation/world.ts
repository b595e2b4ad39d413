import fc from "fast-check";

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
export const START = Date.UTC(2026, 10, 24);

export const DAYS = 30;
/** Places where Workers run, and how many isolates live at any time; each lives for hours, then another one comes. */
export const PLACES = 100;
export const ISOLATES = 300;

/** The number of the day, from 0. */
export function dayOf(at: number): number {
  return Math.floor((at - START) / DAY_MS);
}

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
  /** `half`: each token with a chance of one half. */
  of: "all" | "newest" | "half";
}

export interface Deploy {
  hour: number;
  newKey: boolean;
}

export interface KvFault {
  hour: number;
  minutes: number;
  fault: "throws" | "hangs" | "refuses writes";
}

/** All that happens in 30 days. What is not told here (who asks when, each latency) is drawn from the seed. */
export interface World {
  seed: number;
  /** A write to KV reaches each place after 0 to so many seconds. */
  kvLagSeconds: number;
  /** B2 lets a token die so much earlier than seven days after it gave it: clocks differ. */
  diesEarlySeconds: number;
  outages: Outage[];
  revocations: Revocation[];
  deploys: Deploy[];
  kvFaults: KvFault[];
  /** What became of a cron run, by its number; all others came on time. */
  cron: { run: number; was: "missed" | "twice" | "late" }[];
  /** The cron does not run for so many days from this hour on: tokens expire in KV. */
  cronGap: { hour: number; days: number } | null;
}

const hour = fc.integer({ min: 12, max: DAYS * 24 - 1 });
const seed = fc.nat();
const kvLagSeconds = fc.integer({ min: 0, max: 120 });
const diesEarlySeconds = fc.integer({ min: 0, max: 60 });
const cron = fc.uniqueArray(
  fc.record({ run: fc.nat({ max: DAYS * 4 }), was: fc.constantFrom("missed", "twice", "late") }),
  { minLength: 10, maxLength: 40, selector: ({ run }) => run, size: "max" },
);

function some<T>(arbitrary: fc.Arbitrary<T>, minLength: number, maxLength: number): fc.Arbitrary<T[]> {
  return fc.array(arbitrary, { minLength, maxLength, size: "max" });
}

/** Everything that can go wrong, also at once. */
export const worlds: fc.Arbitrary<World> = fc.record({
  seed,
  kvLagSeconds,
  diesEarlySeconds,
  outages: some(
    fc.record({ startHour: hour, hours: fc.integer({ min: 1, max: 190 }), fault: fc.constantFrom(...API_FAULTS) }),
    2,
    6,
  ),
  revocations: some(fc.record({ hour, of: fc.constantFrom("all", "newest", "half") }), 1, 8),
  deploys: some(fc.record({ hour, newKey: fc.boolean() }), 1, 5),
  kvFaults: some(
    fc.record({
      hour,
      minutes: fc.integer({ min: 1, max: 120 }),
      fault: fc.constantFrom("throws", "hangs", "refuses writes"),
    }),
    0,
    4,
  ),
  cron,
  cronGap: fc.option(fc.record({ hour, days: fc.integer({ min: 1, max: 9 }) })),
});

/** No token is revoked and the key stays: B2's API may be down for up to six days all the same, and crons go astray. */
export const quietWorlds: fc.Arbitrary<World> = fc.record({
  seed,
  kvLagSeconds,
  diesEarlySeconds,
  // Between two of them at least two days, so that cron runs come through.
  outages: fc
    .tuple(fc.constantFrom(...API_FAULTS), fc.constantFrom(...API_FAULTS), fc.integer({ min: 24, max: 144 }))
    .map(([one, other, hours]) => [
      { startHour: 60, hours: 144, fault: one },
      { startHour: 400, hours, fault: other },
    ]),
  revocations: fc.constant([]),
  deploys: some(fc.record({ hour, newKey: fc.constant(false) }), 1, 5),
  kvFaults: fc.constant([]),
  cron: cron.map((runs) => runs.filter(({ run }) => run > 12 || run % 3 === 0)),
  cronGap: fc.constant(null),
});
