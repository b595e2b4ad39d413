import fc from "fast-check";
import { expect, it } from "vitest";
import { campaign } from "../campaign.ts";
import { checkWorlds } from "./check-worlds.ts";
import { KINDS } from "./kinds.ts";
import { simulate } from "./simulate.ts";
import { wildWorlds } from "./worlds.ts";

/** `npm run simulate` has more worlds, longer ones, and those of other seeds. */
const SEED = 20261124;
const SIZE = { days: 30, isolates: campaign(300) };
const RUNS: Record<string, number> = { quiet: 1, aging: 1, wild: 2 };
const TIMEOUT_MS = 180_000;

it.each(Object.entries(KINDS).map(([kind, { promise }]) => ({ kind, promise })))(
  "$kind worlds: $promise",
  async ({ kind }) => {
    const lines: string[] = [];
    const options = { ...SIZE, kind, seed: SEED, runs: RUNS[kind] ?? 1, print: (line: string) => lines.push(line) };
    expect(await checkWorlds(options)).toBeUndefined();
    console.log(lines.join("\n"));
  },
  TIMEOUT_MS,
);

it("a world runs the same way again, however much time code gets before the clock jumps", async () => {
  const [world] = fc.sample(wildWorlds(SIZE), { seed: SEED, numRuns: 1 });
  if (world === undefined) throw new Error("no world");
  const figures = await simulate(world, { days: 6 });
  expect(await simulate(world, { days: 6, ample: true })).toEqual({ ...figures, day: expect.any(Function) });
});
