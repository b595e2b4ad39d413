import { rotate } from "../../src/rotation/rotate.ts";
import { mint } from "../../src/token/mint.ts";
import { createTokenStore } from "../../src/token/store.ts";
import { settingsFor } from "./isolate.ts";
import type { Scene } from "./scene.ts";
import { CRON_HOURS, DAY_MS, HOUR_MS, PLACES, START } from "./world.ts";

const EVERY_MS = CRON_HOURS * HOUR_MS;
/** A run that is doubled comes twice within this, so that both may be under way at once; a late one within five hours. */
const TWICE_WITHIN_MS = 90_000;
const LATE_MS = 5 * HOUR_MS;

/** The cron of the default schedule, in any place: missed, doubled and late as the world says. */
export function scheduleCron(scene: Scene, currentKey: () => string): void {
  const { random, time } = scene;
  const { cron, cronGap, days } = scene.world;
  const gapFrom = START + (cronGap?.hour ?? 0) * HOUR_MS;
  const gapTo = gapFrom + (cronGap?.days ?? 0) * DAY_MS;
  for (let run = 1; run * EVERY_MS < days * DAY_MS; run += 1) {
    const at = START + run * EVERY_MS;
    const was = cron.find((each) => each.run === run)?.was;
    if (was === "missed" || (gapFrom <= at && at < gapTo)) continue;
    time.at(at + (was === "late" ? random.between(0, LATE_MS) : 0), () => runOnce(scene, currentKey()));
    if (was === "twice") time.at(at + random.between(0, TWICE_WITHIN_MS), () => runOnce(scene, currentKey()));
  }
}

async function runOnce({ kv, b2, time, random, figures }: Scene, applicationKeyId: string): Promise<void> {
  figures.cronRuns += 1;
  figures.day(time.now()).cronRuns += 1;
  const settings = settingsFor(applicationKeyId, b2.line());
  const store = createTokenStore(kv.namespaceAt(random.below(PLACES)), settings);
  const parts = { store, mint: () => mint(settings), log: () => undefined, now: time.now, alertWebhookUrl: undefined };
  await rotate(parts).catch(() => {
    figures.cronFailures += 1;
  });
}
