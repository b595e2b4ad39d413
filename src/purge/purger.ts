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

/** `no-cache`: there is none here. `waiting`: Cloudflare refused, or there was no time; whoever comes next goes on. */
export type PurgeResult =
  | { kind: "purged" | "no-cache" }
  | { kind: "waiting"; left: string[]; faults: PurgeFault[]; retryAfterSeconds: number };

/** The purges to do, the caches of the entrypoints from the inside out, and how long the caller can wait. */
export interface PurgeOrder {
  purges: Purge[];
  caches: EntrypointCache[];
  withinMs: number;
}

export type Purger = (order: PurgeOrder) => Promise<PurgeResult>;

/**
 * Makes the purger of one isolate. Whatever waits goes into one call for each cache, whichever requests brought it; the
 * inner caches come first, since an outer one would be filled with the old bytes from inside again. After a refusal a
 * purge goes on where it stood, with the request that comes next. Memory holds values, never promises: a promise that one
 * request made and another awaits can hang (https://github.com/panva/jose/issues/355).
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
      if (left.length === 0) return { kind: hasCache ? "purged" : "no-cache" };
      if (Math.max(now(), pauseEndsAt) >= giveUpAt) return notYet(left);
      if (now() < pauseEndsAt) await wait(pauseEndsAt - now());
      else if (lease.isTaken()) await wait(LOOK_EVERY_MS);
      else await lease.hold(() => callOnce(caches));
    }
  }

  /** Only one request at a time calls: the others look whether it did theirs too. */
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
