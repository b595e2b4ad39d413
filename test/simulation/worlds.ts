import fc from "fast-check";
import { API_FAULTS, CRON_HOURS, type Outage, type Refusal, type World, type WorldSize } from "./world.ts";

function hourIn({ days }: WorldSize): fc.Arbitrary<number> {
  return fc.integer({ min: 12, max: days * 24 - 1 });
}

/** Mostly minutes or hours, sometimes days, sometimes as long as a token lives. */
const outageHours = fc.oneof(
  { arbitrary: fc.integer({ min: 1, max: 20 }).map((minutes) => minutes / 60), weight: 4 },
  { arbitrary: fc.integer({ min: 1, max: 10 }), weight: 3 },
  { arbitrary: fc.integer({ min: 24, max: 120 }), weight: 1 },
  { arbitrary: fc.integer({ min: 165, max: 185 }), weight: 1 },
);

/** What each world has: what is not told in it is drawn from the seed. */
function basis(size: WorldSize) {
  return {
    days: fc.constant(size.days),
    isolates: fc.constant(size.isolates),
    seed: fc.nat(),
    kvLagSeconds: fc.integer({ min: 0, max: 120 }),
    diesEarlySeconds: fc.integer({ min: 0, max: 60 }),
    cron: cronIn(size),
  };
}

function cronIn({ days }: WorldSize): fc.Arbitrary<World["cron"]> {
  return fc.uniqueArray(
    fc.record({ run: fc.nat({ max: days * 4 }), was: fc.constantFrom("missed", "twice", "late") }),
    { minLength: 10, maxLength: 40, selector: ({ run }) => run, size: "max" },
  );
}

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
export function wildWorlds(size: WorldSize): fc.Arbitrary<World> {
  const hour = hourIn(size);
  const fault = fc.constantFrom("throws", "hangs", "refuses writes");
  return fc
    .record({
      ...basis(size),
      outages: some(fc.record({ startHour: hour, hours: outageHours, fault: fc.constantFrom(...API_FAULTS) }), 3, 7),
      revocations: some(fc.record({ hour, of: fc.constantFrom("all", "newest", "half") }), 1, 4),
      deploys: some(fc.record({ hour, newKey: fc.boolean() }), 1, 4),
      refusals: fc.constant<Refusal[]>([]),
      coincidences: some(coincidence, 3, 8),
      kvFaults: some(fc.record({ hour, minutes: fc.integer({ min: 1, max: 120 }), fault }), 0, 4),
      cronGap: fc.option(fc.record({ hour, days: fc.integer({ min: 5, max: 9 }) })),
    })
    .map(({ coincidences, ...world }) => coincidences.reduce(withCoincidence, world));
}

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
export function quietWorlds(size: WorldSize): fc.Arbitrary<World> {
  const faults = fc.tuple(fc.constantFrom(...API_FAULTS), fc.constantFrom(...API_FAULTS));
  return fc
    .record({
      ...basis(size),
      faults,
      hours: fc.integer({ min: 24, max: 144 }),
      deploys: some(fc.record({ hour: hourIn(size), newKey: fc.constant(false) }), 1, 5),
    })
    .map(({ faults: [one, other], hours, cron, ...world }) => ({
      ...world,
      // Between two of them at least two days, so that cron runs come through.
      outages: everyMonth(world, [
        { startHour: 60, hours: 144, fault: one },
        { startHour: 400, hours, fault: other },
        { startHour: 600, hours: 24, fault: "dead-tokens" },
      ]),
      cron: cron.filter(({ run }) => run > 12 || run % 3 === 0),
      revocations: [],
      refusals: [],
      kvFaults: [],
      cronGap: null,
    }));
}

function everyMonth({ days }: WorldSize, outages: Outage[]): Outage[] {
  const months = Array.from({ length: Math.ceil(days / 30) }, (_, month) => month * 30 * 24);
  return months.flatMap((from) => outages.map((outage) => ({ ...outage, startHour: from + outage.startHour })));
}

/** The cron stays away until the token dies of age, and in its last minutes the API has one fault after another. */
export function agingWorlds(size: WorldSize): fc.Arbitrary<World> {
  return fc
    .record({
      ...basis(size),
      faults: fc.tuple(fc.constantFrom(...API_FAULTS), fc.constantFrom(...API_FAULTS)),
      // The token lives for a week after it, and two more days are to be seen.
      gapHour: fc.integer({ min: 12, max: (size.days - 9) * 24 - 104 }),
    })
    .map(({ faults: [first, last], gapHour, ...world }) => {
      const lastRun = Math.ceil(gapHour / CRON_HOURS) - 1;
      const expiryHour = lastRun * CRON_HOURS + 7 * 24;
      // A token is no longer fresh 0.083 hours before its end.
      const outages: Outage[] = [
        { startHour: expiryHour - 0.2, hours: 0.15, fault: first },
        { startHour: expiryHour - 0.05, hours: 0.03, fault: "dead-tokens" },
        { startHour: expiryHour - 0.02, hours: 0.1, fault: last },
      ];
      const cronGap = { hour: gapHour, days: 8 };
      const cron = world.cron.filter(({ run }) => run !== lastRun);
      return { ...world, cron, outages, revocations: [], refusals: [], deploys: [], kvFaults: [], cronGap };
    });
}

/** B2 refuses downloads of all files for hours, or of one file that a client asks for again and again. Nothing else happens. */
export function refusingWorlds(of: Refusal["of"], size: WorldSize): fc.Arbitrary<World> {
  return fc
    .record({
      ...basis(size),
      startHour: hourIn(size),
      // Not so long that half of a week's runs come into it.
      hours: fc.oneof(
        fc.integer({ min: 1, max: 40 }).map((minutes) => minutes / 60),
        fc.integer({ min: 1, max: 36 }),
      ),
    })
    .map(({ startHour, hours, ...world }) => ({
      ...world,
      refusals: [{ startHour, hours, of }],
      outages: [],
      revocations: [],
      deploys: [],
      kvFaults: [],
      cronGap: null,
    }));
}

/** The owner deploys another key, mistypes it, and puts it right days later. Then the former key is deleted. */
export function keyChangeWorlds(size: WorldSize): fc.Arbitrary<World> {
  return fc
    .record({
      ...basis(size),
      hour: fc.integer({ min: 24, max: (size.days - 9) * 24 }),
      // The token in KV may be a run old already, and lives for seven days.
      wrongHours: fc.oneof(
        fc.integer({ min: 1, max: 30 }).map((minutes) => minutes / 60),
        fc.integer({ min: 1, max: 150 }),
      ),
      deletedAfterHours: fc.integer({ min: 1, max: 24 }),
    })
    .map(({ hour, wrongHours, deletedAfterHours, ...world }) => {
      const rightHour = hour + wrongHours;
      const lastRuns = [Math.floor(hour / CRON_HOURS), Math.floor(hour / CRON_HOURS) - 1];
      return {
        ...world,
        cron: world.cron.filter(({ run }) => !lastRuns.includes(run)),
        deploys: [
          { hour, newKey: true, isWrong: true },
          { hour: rightHour, newKey: true },
        ],
        revocations: [{ hour: rightHour + deletedAfterHours, of: "former keys" as const }],
        refusals: [],
        outages: [],
        kvFaults: [],
        cronGap: null,
      };
    });
}
