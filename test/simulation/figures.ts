import type { Excuse } from "./promise.ts";
import { dayOf } from "./world.ts";

/** What a run of a world came to. */
export interface Figures {
  visits: number;
  /** The first thing that must not be, told so that it can be understood. */
  broken: string | undefined;
  unsettled: number;
  longestVisitMs: number;
  isolates: number;
  mints: number;
  kvReads: number;
  kvWrites: number;
  cronRuns: number;
  cronFailures: number;
  days: DayFigures[];
  /** Those of the day in which a time lies. */
  day(at: number): DayFigures;
}

export interface DayFigures {
  /** Visits that failed and may, by their excuse. */
  failures: Map<Excuse, number>;
  calls: number;
  bound: number;
  cronRuns: number;
  kvFailures: number;
  singleFaults: number;
  /** Isolates that had a visitor whom B2 refused. */
  refusedIsolates: Set<number>;
}

export function createFigures(dayCount: number): Figures {
  // One more, for what is still under way when the last one ends.
  const days = Array.from(
    { length: dayCount + 1 },
    (): DayFigures => ({
      failures: new Map(),
      calls: 0,
      bound: 0,
      cronRuns: 0,
      kvFailures: 0,
      singleFaults: 0,
      refusedIsolates: new Set(),
    }),
  );

  function day(at: number): DayFigures {
    const found = days[dayOf(at)];
    if (found === undefined) throw new RangeError("no day of the simulation");
    return found;
  }

  return {
    visits: 0,
    broken: undefined,
    unsettled: 0,
    longestVisitMs: 0,
    isolates: 0,
    mints: 0,
    kvReads: 0,
    kvWrites: 0,
    cronRuns: 0,
    cronFailures: 0,
    days,
    day,
  };
}

/** The failures of several days, by their excuse. */
export function failuresIn(days: DayFigures[]): Map<Excuse, number> {
  const all: Map<Excuse, number> = new Map();
  for (const { failures } of days) {
    for (const [excuse, count] of failures) all.set(excuse, (all.get(excuse) ?? 0) + count);
  }
  return all;
}

/** One line of text for each run. */
export function describeFigures(figures: Figures): string {
  const { visits, isolates, mints, kvReads, kvWrites, longestVisitMs, cronRuns, cronFailures } = figures;
  const calls = figures.days.slice(0, -1).map((day) => day.calls);
  const failed = [...failuresIn(figures.days)].map(([excuse, count]) => `${excuse} ${count}`).join(", ") || "none";
  const tightest = Math.max(...figures.days.map((day) => (day.bound === 0 ? 0 : day.calls / day.bound)));
  return [
    `${visits} visits to ${isolates} isolates, failures: ${failed}`,
    `API calls a day: max ${Math.max(...calls)}, after the first day ${Math.max(...calls.slice(1))}, median ${median(calls)}, ` +
      `at most ${Math.round(tightest * 100)} % of the bound`,
    `${mints} mints on request, ${cronRuns} cron runs (${cronFailures} failed)`,
    `KV: ${(kvReads / visits).toFixed(3)} reads a visit, ${kvWrites} writes; longest visit ${(longestVisitMs / 1000).toFixed(1)} s`,
  ].join("; ");
}

function median(numbers: number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? 0;
}
