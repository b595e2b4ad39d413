import { type B2, createB2 } from "./b2.ts";
import { createFigures, type Figures } from "./figures.ts";
import { createKv, type Kv } from "./kv.ts";
import { createRandom, type Random } from "./random.ts";
import { createVirtualTime, type VirtualTime } from "./virtual-time.ts";
import { START, type World } from "./world.ts";

/** What is around the isolates of one world while it runs: time, KV, B2, and the book of what came of it. */
export interface Scene {
  world: World;
  time: VirtualTime;
  random: Random;
  figures: Figures;
  kv: Kv;
  b2: B2;
}

export function createScene(world: World, pace: { ample: boolean }): Scene {
  const around = {
    world,
    time: createVirtualTime(START, pace),
    random: createRandom(world.seed),
    figures: createFigures(world.days),
  };
  return { ...around, kv: createKv(around), b2: createB2(around) };
}

/** Something happened that must not: the first such thing is told, and the run ends. */
export function breakOff({ figures, time }: Pick<Scene, "figures" | "time">, what: string): void {
  figures.broken ??= what;
  time.stop();
}
