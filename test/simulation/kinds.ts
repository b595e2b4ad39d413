import type fc from "fast-check";
import { type Figures, failuresIn } from "./figures.ts";
import type { World, WorldSize } from "./world.ts";
import { agingWorlds, keyChangeWorlds, quietWorlds, refusingWorlds, wildWorlds } from "./worlds.ts";

/** The calls that B2 gives for nothing each day; the cron alone needs 8. */
const FREE_CALLS = 2_500;
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
  refused: {
    promise:
      "when B2 refuses the downloads of good tokens for hours, its free calls are not used up, and all is well when it ends",
    worlds: (size) => refusingWorlds("all", size),
    wrongWith: wrongWithCalls,
  },
  odd: {
    promise:
      "when B2 refuses one file alone, a client that asks for it again and again neither uses up B2's free calls nor takes an image from anybody else",
    worlds: (size) => refusingWorlds("odd", size),
    wrongWith: (figures) => wrongWithCalls(figures) ?? wrongWithOthers(figures),
  },
  "key-change": {
    promise:
      "when the owner mistypes a new key, the old token serves until the key is right, and then the old key may go",
    worlds: keyChangeWorlds,
    wrongWith: wrongWithAny,
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

function wrongWithAny({ days }: Figures): string | undefined {
  // On the first day there is no token anywhere, until one mint has succeeded.
  const [failed] = failuresIn(days.slice(1));
  return failed === undefined ? undefined : `${failed[1]} visits failed: ${failed[0]}`;
}

function wrongWithCalls({ days }: Figures): string | undefined {
  const most = Math.max(...days.map(({ calls }) => calls));
  return most < FREE_CALLS ? undefined : `${most} calls to B2's API on one day`;
}

/** Only who asks for the odd file may fail, once there is a token. */
function wrongWithOthers({ days }: Figures): string | undefined {
  const other = [...failuresIn(days.slice(1)).keys()].find((excuse) => excuse !== "refused");
  return other === undefined ? undefined : `a visit failed: ${other}`;
}

function wrongWithQuiet(figures: Figures): string | undefined {
  const { days, kvReads, isolates, cronRuns } = figures;
  const failed = wrongWithAny(figures);
  if (failed !== undefined) return failed;
  const most = Math.max(...days.slice(1).map(({ calls }) => calls));
  if (most >= CALLS_OF_A_QUIET_DAY) return `${most} calls to B2's API on a quiet day`;
  // In the steady state no request reads KV: an isolate reads it when it is born, and when its token gets old.
  return kvReads < 1.2 * isolates + cronRuns * 10 ? undefined : `${kvReads} reads of KV by ${isolates} isolates`;
}
