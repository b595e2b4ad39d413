import fc from "fast-check";
import { expect, it } from "vitest";
import { BOUND_IN_WORDS } from "./call-bound.ts";
import { describeFigures, type Figures } from "./figures.ts";
import { simulate } from "./simulate.ts";
import { agingWorlds, quietWorlds, type World, worlds } from "./world.ts";

/** For more worlds than these: another seed, and more runs. */
const SEED = 20261124;
const QUIET_WORLDS = 2;
const AGING_WORLDS = 2;
const WILD_WORLDS = 3;
/** A failing world is made smaller by so many runs, of a second or two each. */
const MOST_SHRINKS = 15;
const TIMEOUT_MS = 180_000;

/** B2 gives 2,500 calls a day for nothing; the cron alone needs 8. */
const CALLS_OF_A_QUIET_DAY = 50;
/** A visit may wait for another one's look for a token, then look itself, and try three tokens. */
const LONGEST_VISIT_MS = 60_000;

it(
  "while nothing is revoked no visitor sees a failure, with B2's API down for six days, and B2's free calls are left alone",
  () =>
    checkWorlds(quietWorlds, QUIET_WORLDS, (figures) => {
      // On the first day there is no token anywhere, until one mint has succeeded.
      const later = figures.days.slice(1);
      expect(later.map(({ failures }) => failures)).toEqual(later.map(() => 0));
      expect(Math.max(...later.map(({ calls }) => calls))).toBeLessThan(CALLS_OF_A_QUIET_DAY);
      // In the steady state no request reads KV: an isolate reads it when it is born, and when its token gets old.
      expect(figures.kvReads).toBeLessThan(1.2 * figures.isolates + figures.cronRuns * 10);
    }),
  TIMEOUT_MS,
);

it(
  "when the cron stays away for a week, the old token serves to its last minute, also when B2's API has faults just then",
  () => checkWorlds(agingWorlds, AGING_WORLDS, () => undefined),
  TIMEOUT_MS,
);

it(
  "whatever happens, each download that could have succeeded did, and calls to B2's API stay under their bound",
  () => checkWorlds(worlds, WILD_WORLDS, () => undefined),
  TIMEOUT_MS,
);

it("a world runs the same way again, however much time code gets before the clock jumps", async () => {
  const [world] = fc.sample(worlds, { seed: SEED, numRuns: 1 });
  if (world === undefined) throw new Error("no world");
  const figures = await simulate(world, { days: 6 });
  expect(await simulate(world, { days: 6, ample: true })).toEqual({ ...figures, day: expect.any(Function) });
});

async function checkWorlds(
  arbitrary: fc.Arbitrary<World>,
  numRuns: number,
  check: (figures: Figures) => void,
): Promise<void> {
  const lines = [`The bound: ${BOUND_IN_WORDS}`];
  let runsLeft = numRuns + MOST_SHRINKS;
  const property = fc.asyncProperty(arbitrary, async (world) => {
    runsLeft -= 1;
    if (runsLeft < 0) return;
    const figures = await simulate(world);
    lines.push(describeFigures(figures));
    expect(figures.broken).toBeUndefined();
    expect(figures.unsettled).toBe(0);
    expect(figures.longestVisitMs).toBeLessThan(LONGEST_VISIT_MS);
    for (const [day, { calls, bound }] of figures.days.entries()) {
      expect(calls, `calls to B2's API on day ${day}`).toBeLessThanOrEqual(bound);
    }
    check(figures);
  });
  await fc.assert(property, { seed: SEED, numRuns });
  console.log(lines.join("\n"));
}
