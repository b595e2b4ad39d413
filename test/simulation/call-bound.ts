import type { Drought } from "./drought.ts";
import { apiFaultMs } from "./outage.ts";
import { DAY_MS, START, type World } from "./world.ts";

/** authorize, download authorization: the key is limited to one bucket, so no third one looks the bucket up. */
const CALLS_PER_MINT = 2;
/** `rotate` tries a mint three times. */
const TRIES_PER_CRON_RUN = 3;
/** 5 s, 10 s, 20 s, 40 s, 80 s, 160 s; then one every 5 minutes. */
const SHORT_PAUSES = 6;
const LONGEST_PAUSE_MS = 5 * 60_000;

/** An isolate has five, and one comes back each half hour. */
const MINTS_A_DAY = 5 + 48;

/** In words, as it is printed. */
export const BOUND_IN_WORDS =
  "calls(day) <= 2 x (3 x cron runs + sum over the isolates with a visitor while KV has no good token in their sight of " +
  "(1 + tries in back-off) + failed reads of KV + single faults of the API + 53 x isolates with a visitor whom B2 refused); " +
  "tries in back-off = 0 without an outage of the API in that time, else 6 + its length / 5 min";

export interface DayCounts {
  cronRuns: number;
  kvFailures: number;
  /** API calls that had a fault outside of the world's outages. */
  singleFaults: number;
  refusedIsolates: Set<number>;
}

/** The most calls to B2's API on one day. */
export function callBound(day: number, counts: DayCounts, { world, droughts }: { world: World; droughts: Drought[] }) {
  const mints =
    TRIES_PER_CRON_RUN * counts.cronRuns +
    droughts.reduce((sum, drought) => sum + mintsIn(drought, day, world), 0) +
    counts.kvFailures +
    counts.singleFaults +
    counts.refusedIsolates.size * MINTS_A_DAY;
  return CALLS_PER_MINT * mints;
}

function mintsIn({ active, to }: Drought, day: number, world: World): number {
  const end = Math.min(to, START + (day + 1) * DAY_MS);
  let mints = 0;
  for (const days of active.values()) {
    const from = days.get(day);
    if (from !== undefined) mints += 1 + triesInBackOff(apiFaultMs(world, from, end));
  }
  return mints;
}

function triesInBackOff(faultMs: number): number {
  return faultMs <= 0 ? 0 : SHORT_PAUSES + faultMs / LONGEST_PAUSE_MS;
}
