import { describeError } from "../log.ts";
import { createLease, type LeaseParts } from "../token/lease.ts";
import type { OwnPurge, PurgeFault } from "./own-cache.ts";
import { createPurgeQueue, type Purge, type PurgeQueue } from "./purge-queue.ts";

/** Cloudflare gives an account 25 calls, and one back every 12 s. Source: https://developers.cloudflare.com/cache/how-to/purge-cache/#availability-and-limits */
const CALL_BACK_MS = 12_000;
const MOST_WAITING = 5_000;
const LOOK_EVERY_MS = 50;

/** The cache of one entrypoint. */
export interface EntrypointCache {
  name: string;
  purge(options: CachePurgeOptions): Promise<OwnPurge>;
}

/** The result of an order. `waiting`: Cloudflare refused or time ran out; the next request with a purge goes on with it. */
export type PurgeResult =
  | { kind: "purged" | "no-cache" }
  | { kind: "waiting"; left: string[]; faults: PurgeFault[]; retryAfterSeconds: number };

/** The purges to do, the caches with the innermost first, and how long the caller can wait in ms. */
export interface PurgeOrder {
  purges: Purge[];
  caches: EntrypointCache[];
  withinMs: number;
}

/** Purges in every cache. Never throws. */
export type Purger = (order: PurgeOrder) => Promise<PurgeResult>;

/**
 * Makes the purger of one isolate. The waiting purges of all requests go together into one call for each cache. The inner
 * caches come first, since an outer one would otherwise be refilled with the old content from within. After a refusal, the
 * next request with a purge goes on where the last one stopped. Memory holds values, never promises: a promise that one
 * request made can hang when another awaits it (https://github.com/panva/jose/issues/355).
 */
export function createPurger({ now, wait }: LeaseParts): Purger {
  const queue = createPurgeQueue(now);
  const lease = createLease({ now, wait });
  let pauseEndsAt = 0;
  let faults: PurgeFault[] = [];
  let hasCache = false;

  async function purge({ purges, caches, withinMs }: PurgeOrder): Promise<PurgeResult> {
    const giveUpAt = now() + withinMs;
    const ids = purges.map(({ id }) => id);
    if (queue.length() + ids.length > MOST_WAITING) return notYet(ids);
    queue.add(purges);
    for (;;) {
      const left = ids.filter(queue.isWaiting);
      if (left.length === 0) return { kind: hasCache || ids.length === 0 ? "purged" : "no-cache" };
      if (Math.max(now(), pauseEndsAt) >= giveUpAt) return notYet(left);
      if (now() < pauseEndsAt) await wait(pauseEndsAt - now());
      else if (lease.isTaken()) await wait(LOOK_EVERY_MS);
      else await lease.hold(() => callOnce(caches));
    }
  }

  /** Makes the next call. One request at a time does; the others look whether it has done theirs too. */
  async function callOnce(caches: EntrypointCache[]): Promise<void> {
    const outcome = await purgeNext(queue, caches);
    if (outcome.kind === "purged") hasCache = true;
    if (outcome.kind !== "refused") return;
    faults = outcome.faults;
    pauseEndsAt = now() + CALL_BACK_MS;
  }

  function notYet(left: string[]): PurgeResult {
    const retryAfterSeconds = Math.max(1, Math.ceil((pauseEndsAt - now()) / 1000));
    return { kind: "waiting", left, faults, retryAfterSeconds };
  }

  return purge;
}

async function purgeNext(queue: PurgeQueue, caches: EntrypointCache[]): Promise<OwnPurge> {
  const call = queue.next();
  const cache = caches[call.stage];
  try {
    const outcome = (await cache?.purge(call.options)) ?? { kind: "no-cache" };
    if (outcome.kind !== "refused") queue.advance(call, caches.length);
    return outcome;
  } catch (error) {
    return { kind: "refused", faults: [{ code: 0, message: describeError(error) }] };
  }
}
