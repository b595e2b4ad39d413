import { callBound } from "./call-bound.ts";
import { scheduleCron } from "./cron.ts";
import { type DroughtWatch, watchDroughts } from "./drought.ts";
import { scheduleEvents } from "./events.ts";
import type { Figures } from "./figures.ts";
import type { SimulatedIsolate, Visit } from "./isolate.ts";
import { isRefusedDuring } from "./outage.ts";
import { judge, TOKEN_KEY } from "./promise.ts";
import { breakOff, createScene, type Scene } from "./scene.ts";
import { tell } from "./story.ts";
import { faultOfTokens } from "./token-rules.ts";
import { createTraffic } from "./traffic.ts";
import { DAY_MS, START, type World } from "./world.ts";

/** What began in time may end in this. */
const LAST_VISITS_MS = 3 * 60_000;
/** The longest that a place keeps a copy of KV, and that a visit lasts. */
const COPY_AND_VISIT_MS = 60_000 + 60_000;

/** Runs a world to its end, or to the first thing that must not be. */
export async function simulate(
  world: World,
  { days = world.days, ample = false }: { days?: number; ample?: boolean } = {},
): Promise<Figures> {
  const end = START + days * DAY_MS;
  const scene = createScene(world, { ample });
  const { time, b2, figures } = scene;
  const droughts = watchDroughts(time.now, world.kvLagSeconds * 1000 + COPY_AND_VISIT_MS);
  const traffic = createTraffic(scene, (isolate, name) => {
    if (time.now() < end) void receive({ isolate, name }, scene, droughts);
  });
  scheduleEvents(scene, traffic, droughts);
  scheduleCron(scene, traffic.currentKey);
  traffic.start();
  await time.run(end + LAST_VISITS_MS, (url, init) => b2.fetch(String(url), init ?? {}));
  for (const [day, counts] of figures.days.entries()) {
    counts.bound = callBound(day, counts, { world, droughts: droughts.droughts });
  }
  return figures;
}

/** Some visitors who got no image come again soon. */
const COMES_AGAIN_CHANCE = 0.3;
const COMES_AGAIN_MS = 8_000;

interface Asked {
  isolate: SimulatedIsolate;
  name: string;
}

async function receive({ isolate, name }: Asked, scene: Scene, droughts: DroughtWatch): Promise<void> {
  const { figures, kv, time, random } = scene;
  figures.visits += 1;
  figures.unsettled += 1;
  const visit = await isolate.visit(name, kv.seenAt(isolate.place, TOKEN_KEY));
  figures.unsettled -= 1;
  figures.longestVisitMs = Math.max(figures.longestVisitMs, visit.endedAt - visit.startedAt);
  const during = { from: visit.startedAt, to: visit.endedAt };
  if (isRefusedDuring(scene.world, name, during)) figures.day(visit.endedAt).refusedIsolates.add(isolate.id);
  droughts.noteVisit(isolate, visit.startedAt, visit.endedAt);
  const wrong = faultOfTokens(visit, isolate, scene) ?? faultOfOutcome(visit, isolate, scene);
  if (wrong !== undefined) breakOff(scene, tell(wrong, isolate, scene, visit));
  if (visit.error !== undefined && random.chance(COMES_AGAIN_CHANCE)) {
    time.at(time.now() + random.between(0, COMES_AGAIN_MS), () => void receive({ isolate, name }, scene, droughts));
  }
}

function faultOfOutcome(visit: Visit, isolate: SimulatedIsolate, scene: Scene): string | undefined {
  if (visit.error === undefined) return undefined;
  const judgement = judge(visit, isolate, scene);
  if ("broken" in judgement) return `a visit failed, although ${judgement.broken}`;
  const { failures } = scene.figures.day(visit.endedAt);
  failures.set(judgement.excuse, (failures.get(judgement.excuse) ?? 0) + 1);
  return undefined;
}
