/** Tags and path prefixes that one call may name. Source: https://developers.cloudflare.com/cache/how-to/purge-cache/#availability-and-limits */
const MOST_OPERATIONS = 100;
/** A purge that nobody came back for. */
const FORGOTTEN_AFTER_MS = 60 * 60_000;
const MOST_REMEMBERED = 10_000;

/** One thing to purge in every cache: a file, what begins with a path, or everything. */
export interface Purge {
  id: string;
  tags: string[];
  pathPrefixes: string[];
  everything: boolean;
  /** Told again it is the same purge, as an event of B2 is; an owner who asks again wants it done again. */
  isEvent: boolean;
}

interface Waiting extends Purge {
  /** How many of the caches, from the inside out, are purged. */
  stage: number;
  /** ms since the epoch. */
  since: number;
}

/** What one call of one cache purges, for all who wait for it. */
export interface PurgeCall {
  stage: number;
  options: CachePurgeOptions;
  batch: Waiting[];
}

/** What waits to be purged in one isolate, and which events are done. */
export interface PurgeQueue {
  add(purges: Purge[]): void;
  isWaiting(id: string): boolean;
  length(): number;
  /** What the next call does. What is nearest to its end goes first, so that nothing is begun that cannot be ended. */
  next(): PurgeCall;
  /** The call was made: each of its purges goes on to the next cache, or is done. */
  advance(call: PurgeCall, caches: number): void;
}

/** Makes the queue of one isolate. `now` gives ms since the epoch. */
export function createPurgeQueue(now: () => number): PurgeQueue {
  const waiting = new Map<string, Waiting>();
  /** Events that come a second time: the oldest are forgotten. */
  const done = new Set<string>();

  function add(purges: Purge[]): void {
    for (const [id, { since }] of waiting) if (now() - since > FORGOTTEN_AFTER_MS) waiting.delete(id);
    for (const purge of purges) {
      const isKnown = purge.isEvent && (waiting.has(purge.id) || done.has(purge.id));
      if (!isKnown) waiting.set(purge.id, { ...purge, stage: 0, since: now() });
    }
  }

  function next(): PurgeCall {
    const all = [...waiting.values()];
    const stage = Math.max(...all.map((each) => each.stage));
    const batch = batchOf(all.filter((each) => each.stage === stage));
    return { stage, batch, options: optionsOf(batch) };
  }

  function advance({ batch, stage }: PurgeCall, caches: number): void {
    for (const purge of batch) {
      // It may have been asked for anew meanwhile: then another one stands there, at its beginning.
      if (waiting.get(purge.id) !== purge || purge.stage !== stage) continue;
      purge.stage += 1;
      if (purge.stage < caches) continue;
      waiting.delete(purge.id);
      if (purge.isEvent) remember(purge.id);
    }
  }

  function remember(id: string): void {
    done.add(id);
    const [oldest] = done;
    if (done.size > MOST_REMEMBERED && oldest !== undefined) done.delete(oldest);
  }

  return { add, isWaiting: (id) => waiting.has(id), length: () => waiting.size, next, advance };
}

/** As many as one call takes; what an owner waits for goes first. */
function batchOf(candidates: Waiting[]): Waiting[] {
  if (candidates.some(({ everything }) => everything)) return candidates;
  const batch: Waiting[] = [];
  let operations = 0;
  for (const each of candidates.toSorted((one, other) => Number(one.isEvent) - Number(other.isEvent))) {
    operations += each.tags.length + each.pathPrefixes.length;
    if (operations > MOST_OPERATIONS && batch.length > 0) return batch;
    batch.push(each);
  }
  return batch;
}

function optionsOf(batch: Waiting[]): CachePurgeOptions {
  // It stands alone: Cloudflare takes nothing beside it.
  if (batch.some(({ everything }) => everything)) return { purgeEverything: true };
  const tags = [...new Set(batch.flatMap((each) => each.tags))];
  const pathPrefixes = [...new Set(batch.flatMap((each) => each.pathPrefixes))];
  return { ...(tags.length > 0 && { tags }), ...(pathPrefixes.length > 0 && { pathPrefixes }) };
}
