import fc from "fast-check";
import { describeFigures } from "./figures.ts";
import { KINDS, wrongIn } from "./kinds.ts";
import { simulate } from "./simulate.ts";
import type { World, WorldSize } from "./world.ts";

/** The most runs, of a second or two each, that make a broken world smaller. */
const MOST_SHRINKS = 15;

export interface CheckOptions extends WorldSize {
  kind: string;
  seed: number;
  runs: number;
  /** A line for each world that has run. */
  print: (line: string) => void;
}

/** Runs `runs` worlds of a kind. Gives the smallest one found that breaks its promise, with what is wrong; else nothing. */
export async function checkWorlds(options: CheckOptions): Promise<{ wrong: string; world: World } | undefined> {
  const { seed, runs, print } = options;
  const kind = KINDS[options.kind];
  if (kind === undefined) throw new RangeError(`no kind ${options.kind}`);
  let runsLeft = runs + MOST_SHRINKS;
  let broken: { wrong: string; world: World } | undefined;
  const property = fc.asyncProperty(kind.worlds(options), async (world) => {
    runsLeft -= 1;
    if (runsLeft < 0) return true;
    const figures = await simulate(world);
    print(describeFigures(figures));
    const wrong = wrongIn(kind, figures);
    if (wrong === undefined) return true;
    broken = { wrong, world };
    return false;
  });
  await fc.check(property, { seed, numRuns: runs });
  return broken;
}
