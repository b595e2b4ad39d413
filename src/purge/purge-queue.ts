/** How many tags and path prefixes one call may name. Source: https://developers.cloudflare.com/cache/how-to/purge-cache/#availability-and-limits */
const MOST_OPERATIONS = 100;
/** How long a purge waits when no later request comes to finish it. */
const FORGOTTEN_AFTER_MS = 60 * 60_000;
const MOST_REMEMBERED = 10_000;

/** One thing to purge in every cache: a file, every path with a prefix, or everything. */
export interface Purge {
  id: string;
  tags: string[];
  pathPrefixes: string[];
  everything: boolean;
  /** B2 may send an event twice, which is then purged once. An owner who asks again wants it done again. */
  isEvent: boolean;
}

interface Waiting extends Purge {
  /** How many of the caches are already purged, counted from the innermost. */
  stage: number;
  /** ms since the epoch. */
  since: number;
}

/** One call to one cache, for all the purges that it covers. */
export interface PurgeCall {
  stage: number;
  options: CachePurgeOptions;
  batch: Waiting[];
}

/** The purges that wait in one isolate, and the events that are done. */
export interface PurgeQueue {
  add(purges: Purge[]): void;
  isWaiting(id: string): boolean;
  length(): number;
  /** The next call to make. Purges with the fewest caches left go first, so that those that were begun are finished. */
  next(): PurgeCall;
  /** Notes that the call was made: each of its purges moves on to the next cache, or is done. `caches`: how many there are. */
  advance(call: PurgeCall, caches: number): void;
}

/** Makes the queue of one isolate. `now` gives ms since the epoch. */
export function createPurgeQueue(now: () => number): PurgeQueue {
  const waiting = new Map<string, Waiting>();
  /** Ids of events that are done, in case B2 sends them again. The oldest are forgotten. */
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
      // If it was asked for again meanwhile, a new purge with the same id waits for its first cache.
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

/** As many purges as one call takes. Those that an owner waits for go first. */
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
  // Cloudflare accepts nothing else in the same call.
  if (batch.some(({ everything }) => everything)) return { purgeEverything: true };
  const tags = [...new Set(batch.flatMap((each) => each.tags))];
  const pathPrefixes = [...new Set(batch.flatMap((each) => each.pathPrefixes))];
  return { ...(tags.length > 0 && { tags }), ...(pathPrefixes.length > 0 && { pathPrefixes }) };
}
