import type { Purge } from "../../src/purge/purge-queue.ts";
import { createPurger, type Purger } from "../../src/purge/purger.ts";
import { createLimitedCaches } from "../worker/support/limited-caches.ts";
import { createVirtualTime, type VirtualTime } from "./virtual-time.ts";

const START = Date.UTC(2026, 10, 24);
/** B2 takes a delivery that is not answered within this for a failed one. */
const ANSWER_TIMEOUT_MS = 3_000;
/** What src/operator/answer-events.ts gives the purger, so that B2 has its answer in time. */
const WITHIN_MS = 2_500;
const PURGE_TAKES_MS = 150;
const FIRST_RETRY_MS = 1_000;

/** A burst of uploads, and how it reaches the Worker. */
export interface Burst {
  uploads: number;
  uploadsPerSecond: number;
  eventsPerBatch: number;
  /** How many deliveries B2 has under way at once. */
  deliveries: number;
  isolates: number;
  /** B2 comes again after this at the latest; before, its pause doubles. */
  longestRetryMs: number;
}

/** What came of it. */
export interface BurstFigures {
  /** Files that some cache may still hold as they were before their upload. */
  stale: string[];
  /** When the last file was purged everywhere, after the last upload. */
  seconds: number;
  purgeCalls: number;
  refusedCalls: number;
  deliveries: number;
  slowestAnswerMs: number;
}

/**
 * Uploads files, tells the Worker's isolates of each as B2 would, and looks which caches were purged when. One function, since
 * its parts share what waits to be delivered.
 */
export async function simulateBurst(burst: Burst): Promise<BurstFigures> {
  const time = createVirtualTime(START, { ample: false });
  const account = createLimitedCaches({ names: CACHES, now: time.now, takes: () => time.wait(PURGE_TAKES_MS) });
  const isolates = Array.from({ length: burst.isolates }, () => createPurger(time));
  const uploadedAt = new Map<string, number>();
  const waiting: Purge[] = [];
  let free = burst.deliveries;
  let deliveries = 0;
  let slowestAnswerMs = 0;

  function upload(name: string): void {
    uploadedAt.set(`/${name}`, time.now());
    waiting.push({ id: name, tags: [`/${name}`], pathPrefixes: [], everything: false, isEvent: true });
    deliverMore();
  }

  function deliverMore(): void {
    if (free === 0 || waiting.length === 0) return;
    free -= 1;
    void deliver(waiting.splice(0, burst.eventsPerBatch), FIRST_RETRY_MS);
    deliverMore();
  }

  /** B2 goes on with other batches while one that failed waits for its turn. */
  async function deliver(purges: Purge[], retryMs: number): Promise<void> {
    const isolate = isolates[deliveries % isolates.length];
    deliveries += 1;
    const taken = isolate !== undefined && (await isTaken(isolate, purges));
    free += 1;
    deliverMore();
    if (taken) return;
    await time.wait(retryMs);
    while (free === 0) await time.wait(100);
    free -= 1;
    await deliver(purges, Math.min(retryMs * 2, burst.longestRetryMs));
  }

  async function isTaken(purger: Purger, purges: Purge[]): Promise<boolean> {
    const startedAt = time.now();
    const { kind } = await purger({ purges, caches: account.caches, withinMs: WITHIN_MS });
    slowestAnswerMs = Math.max(slowestAnswerMs, time.now() - startedAt);
    return kind === "purged" && time.now() - startedAt <= ANSWER_TIMEOUT_MS;
  }

  for (let n = 0; n < burst.uploads; n += 1)
    time.at(START + (n * 1000) / burst.uploadsPerSecond, () => upload(`${n}.jpg`));
  await runToItsEnd(time);
  const purgedAt = new Map(
    [...uploadedAt].map(([tag, since]) => [tag, purgedEverywhereAt(account.carried, { tag, since })]),
  );
  return {
    stale: [...purgedAt].flatMap(([tag, at]) => (at === undefined ? [tag] : [])),
    seconds: Math.round(
      (Math.max(...[...purgedAt.values()].map((at) => at ?? 0)) - Math.max(...uploadedAt.values())) / 1000,
    ),
    purgeCalls: account.carried.length,
    refusedCalls: account.refused,
    deliveries,
    slowestAnswerMs,
  };
}

const CACHES = ["Images", "Presets", "default"];

/** When all caches were purged of a file, each after its upload and after the cache inside of it. */
function purgedEverywhereAt(
  carried: ReturnType<typeof createLimitedCaches>["carried"],
  { tag, since }: { tag: string; since: number },
): number | undefined {
  let at: number | undefined = since;
  for (const cache of CACHES) {
    const after: number = at;
    at = carried.find((each) => each.cache === cache && each.at >= after && each.options.tags?.includes(tag))?.at;
    if (at === undefined) return undefined;
  }
  return at;
}

/** A day is more than enough: the clock jumps. */
async function runToItsEnd(time: VirtualTime): Promise<void> {
  await time.run(START + 86_400_000, () => Promise.reject(new Error("nothing is fetched")));
}
