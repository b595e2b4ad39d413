import type { DroughtWatch } from "./drought.ts";
import { ODD_FILE } from "./outage.ts";
import { recordIn, TOKEN_KEY } from "./promise.ts";
import { drawFor } from "./random.ts";
import { breakOff, type Scene } from "./scene.ts";
import { faultOfWrite } from "./token-rules.ts";
import type { Traffic } from "./traffic.ts";
import { isUsable } from "./witness.ts";
import { HOUR_MS, type Revocation, START } from "./world.ts";

/** How long before its end a token counts as no longer fresh. */
const MARGIN_MS = 5 * 60_000;
/** Visitors come in numbers around whatever happens. */
const RUSH_BEFORE_MS = 10_000;
const RUSH_AFTER_MS = 6 * 60_000;
const PLANNED_BEFORE_MS = 30 * 60_000;

/**
 * Lets happen what the world says, with visitors around it, and tells the watch of droughts. One function, since each event
 * looks at the same record of KV.
 */
export function scheduleEvents(scene: Scene, traffic: Traffic, droughts: DroughtWatch): void {
  const { world, time, kv, b2 } = scene;

  function isGood(): boolean {
    const record = recordIn(kv.newest(TOKEN_KEY));
    const at = { applicationKeyId: traffic.currentKey(), from: time.now(), to: time.now() };
    return (
      record !== undefined && time.now() < record.expiresAt - MARGIN_MS && isUsable(b2.grants.get(record.token), at)
    );
  }

  function revoke({ hour, of }: Revocation): void {
    const newest = recordIn(kv.newest(TOKEN_KEY))?.token;
    b2.revoke((token) => {
      if (of === "newest") return token === newest;
      if (of === "former keys") return b2.grants.get(token)?.applicationKeyId !== traffic.currentKey();
      return of === "all" || drawFor(world.seed, hour, Number(token.slice("token-".length))) < 0.5;
    });
    droughts.loss(isGood());
  }

  function at(hour: number, run: () => void): void {
    const due = START + hour * HOUR_MS;
    time.at(due - PLANNED_BEFORE_MS, () => traffic.rush(due - RUSH_BEFORE_MS, due + RUSH_AFTER_MS));
    time.at(due, run);
  }

  /** Nobody may need the record of KV once it is old: when nothing has replaced it, visitors come just then. */
  function watchAge(): void {
    const record = recordIn(kv.newest(TOKEN_KEY));
    if (record === undefined) return;
    for (const due of [record.expiresAt - MARGIN_MS, record.expiresAt]) {
      time.at(due - PLANNED_BEFORE_MS, () => {
        if (recordIn(kv.newest(TOKEN_KEY))?.token !== record.token) return;
        traffic.rush(due - 6 * RUSH_BEFORE_MS, due + RUSH_BEFORE_MS);
        time.at(due, () => droughts.update(isGood()));
      });
    }
  }

  for (const { startHour, hours } of world.outages) {
    at(startHour, () => undefined);
    at(startHour + hours, () => undefined);
  }
  for (const { startHour, hours, of } of world.refusals) {
    at(startHour, () => undefined);
    at(startHour + hours, () => undefined);
    const from = START + startHour * HOUR_MS;
    time.at(from, () => traffic.besiege(of === "odd" ? ODD_FILE : "cat.jpg", from, from + hours * HOUR_MS));
  }
  for (const revocation of world.revocations) at(revocation.hour, () => revoke(revocation));
  for (const { hour, newKey } of world.deploys) at(hour, () => newKey && droughts.loss(false));
  kv.onWrite = (before) => {
    const wrong = faultOfWrite(before, scene);
    if (wrong !== undefined) breakOff(scene, wrong);
    droughts.update(isGood());
    watchAge();
  };
  at(0, () => droughts.loss(false));
}
