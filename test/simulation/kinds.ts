import type fc from "fast-check";
import type { Figures } from "./figures.ts";
import type { World, WorldSize } from "./world.ts";
import { agingWorlds, quietWorlds, wildWorlds } from "./worlds.ts";

/** B2 gives 2,500 calls a day for nothing; the cron alone needs 8. */
const CALLS_OF_A_QUIET_DAY = 50;
/** A visit may wait for another one's look for a token, then look itself, and try three tokens. */
const LONGEST_VISIT_MS = 60_000;

/** A kind of world, and what must be true of each. */
export interface Kind {
  /** The promise, as the test is called. */
  promise: string;
  worlds: (size: WorldSize) => fc.Arbitrary<World>;
  /** What is wrong with the figures of one, beside what is wrong in all kinds. */
  wrongWith: (figures: Figures) => string | undefined;
}

export const KINDS: Record<string, Kind> = {
  quiet: {
    promise:
      "while nothing is revoked no visitor sees a failure, with B2's API down for six days, and B2's free calls are left alone",
    worlds: quietWorlds,
    wrongWith: wrongWithQuiet,
  },
  aging: {
    promise:
      "when the cron stays away for a week, the old token serves to its last minute, also when B2's API has faults just then",
    worlds: agingWorlds,
    wrongWith: () => undefined,
  },
  wild: {
    promise:
      "whatever happens, each download that could have succeeded did, and calls to B2's API stay under their bound",
    worlds: wildWorlds,
    wrongWith: () => undefined,
  },
};

/** What must not be in any world, in one sentence; undefined when all is well. */
export function wrongIn(kind: Kind, figures: Figures): string | undefined {
  if (figures.broken !== undefined) return figures.broken;
  if (figures.unsettled > 0) return `${figures.unsettled} visits never ended`;
  if (figures.longestVisitMs >= LONGEST_VISIT_MS) return `a visit took ${figures.longestVisitMs / 1000} s`;
  const day = figures.days.findIndex(({ calls, bound }) => calls > bound);
  if (day === -1) return kind.wrongWith(figures);
  return `${figures.days[day]?.calls} calls to B2's API on day ${day}, and the bound is ${figures.days[day]?.bound}`;
}

function wrongWithQuiet({ days, kvReads, isolates, cronRuns }: Figures): string | undefined {
  // On the first day there is no token anywhere, until one mint has succeeded.
  const later = days.slice(1);
  const failed = later.find(({ failures }) => failures > 0);
  if (failed !== undefined) return `${failed.failures} visits failed on one day`;
  const most = Math.max(...later.map(({ calls }) => calls));
  if (most >= CALLS_OF_A_QUIET_DAY) return `${most} calls to B2's API on a quiet day`;
  // In the steady state no request reads KV: an isolate reads it when it is born, and when its token gets old.
  return kvReads < 1.2 * isolates + cronRuns * 10 ? undefined : `${kvReads} reads of KV by ${isolates} isolates`;
}
