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
/** Mostly minutes or hours, sometimes days, sometimes as long as a token lives. */
const outageHours = fc.oneof(
  { arbitrary: fc.integer({ min: 1, max: 20 }).map((minutes) => minutes / 60), weight: 4 },
  { arbitrary: fc.integer({ min: 1, max: 10 }), weight: 3 },
  { arbitrary: fc.integer({ min: 24, max: 120 }), weight: 1 },
  { arbitrary: fc.integer({ min: 165, max: 185 }), weight: 1 },
);
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

/** Something that happens within minutes of the begin or the end of an outage: then it is hardest. */
const coincidence = fc.record({
  outage: fc.nat({ max: 9 }),
  edge: fc.constantFrom("start", "end"),
  minutes: fc.integer({ min: -4, max: 4 }),
  what: fc.constantFrom("all", "newest", "half", "new key", "dead tokens"),
});

type Coincidence = typeof coincidence extends fc.Arbitrary<infer T> ? T : never;

/** Everything that can go wrong, also at once. */
export const worlds: fc.Arbitrary<World> = fc
  .record({
    seed,
    kvLagSeconds,
    diesEarlySeconds,
    outages: some(fc.record({ startHour: hour, hours: outageHours, fault: fc.constantFrom(...API_FAULTS) }), 3, 7),
    revocations: some(fc.record({ hour, of: fc.constantFrom("all", "newest", "half") }), 1, 4),
    deploys: some(fc.record({ hour, newKey: fc.boolean() }), 1, 4),
    coincidences: some(coincidence, 3, 8),
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
    cronGap: fc.option(fc.record({ hour, days: fc.integer({ min: 5, max: 9 }) })),
  })
  .map(({ coincidences, ...world }) => coincidences.reduce(withCoincidence, world));

function withCoincidence(world: World, { outage, edge, minutes, what }: Coincidence): World {
  const near = world.outages[outage % Math.max(1, world.outages.length)];
  if (near === undefined) return world;
  const at = near.startHour + (edge === "end" ? near.hours : 0) + minutes / 60;
  if (what === "new key") return { ...world, deploys: [...world.deploys, { hour: at, newKey: true }] };
  if (what !== "dead tokens") return { ...world, revocations: [...world.revocations, { hour: at, of: what }] };
  // The key lost a right and has it again three minutes later.
  const outages: Outage[] = [...world.outages, { startHour: at, hours: 3 / 60, fault: "dead-tokens" }];
  return { ...world, outages, revocations: [...world.revocations, { hour: at, of: "all" }] };
}

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
      { startHour: 600, hours: 24, fault: "dead-tokens" },
    ]),
  revocations: fc.constant([]),
  deploys: some(fc.record({ hour, newKey: fc.constant(false) }), 1, 5),
  kvFaults: fc.constant([]),
  cron: cron.map((runs) => runs.filter(({ run }) => run > 12 || run % 3 === 0)),
  cronGap: fc.constant(null),
});

/** The cron stays away until the token dies of age, and in its last minutes the API has one fault after another. */
export const agingWorlds: fc.Arbitrary<World> = fc
  .record({
    seed,
    kvLagSeconds,
    diesEarlySeconds,
    faults: fc.tuple(fc.constantFrom(...API_FAULTS), fc.constantFrom(...API_FAULTS)),
    gapHour: fc.integer({ min: 12, max: 400 }),
    cron,
  })
  .map(({ faults: [first, last], gapHour, ...world }) => {
    const expiryHour = Math.ceil(gapHour / CRON_HOURS) * CRON_HOURS - CRON_HOURS + 7 * 24;
    // A token is no longer fresh 0.083 hours before its end.
    const outages: Outage[] = [
      { startHour: expiryHour - 0.2, hours: 0.15, fault: first },
      { startHour: expiryHour - 0.05, hours: 0.03, fault: "dead-tokens" },
      { startHour: expiryHour - 0.02, hours: 0.1, fault: last },
    ];
    const cronGap = { hour: gapHour, days: 8 };
    const onTime = world.cron.filter(({ run }) => run !== Math.ceil(gapHour / CRON_HOURS) - 1);
    return { ...world, cron: onTime, outages, revocations: [], deploys: [], kvFaults: [], cronGap };
  });
