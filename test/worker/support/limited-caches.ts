import type { OwnPurge } from "../../../src/purge/own-cache.ts";
import type { EntrypointCache } from "../../../src/purge/purger.ts";

/** Cloudflare gives an account 25 purge calls, and one back every 12 s. Source: https://developers.cloudflare.com/cache/how-to/purge-cache/#availability-and-limits */
const MOST_CALLS = 25;
const CALL_BACK_MS = 12_000;
const MOST_OPERATIONS = 100;

export const RATE_LIMITED = { code: 1134, message: "Rate limit exceeded" };

/** A purge that Cloudflare has carried out. */
export interface Carried {
  cache: string;
  at: number;
  options: CachePurgeOptions;
}

/** The caches of an account's entrypoints, as far as purging them goes. */
export interface LimitedCaches {
  caches: EntrypointCache[];
  carried: Carried[];
  /** Purges that were refused. */
  refused: number;
  /** How many calls are left before the limit. */
  setCallsLeft(calls: number): void;
}

export interface LimitedCachesOptions {
  names?: string[];
  now: () => number;
  /** How long a call takes. */
  takes?: () => Promise<unknown>;
}

/** Makes caches that share one limit, as Cloudflare's do. */
export function createLimitedCaches({
  names = ["Images", "default"],
  now,
  takes = async () => undefined,
}: LimitedCachesOptions): LimitedCaches {
  let callsLeft = MOST_CALLS;
  let countedAt = now();

  async function purge(cache: string, options: CachePurgeOptions): Promise<OwnPurge> {
    await takes();
    const { tags = [], pathPrefixes = [], purgeEverything } = options;
    const operations = tags.length + pathPrefixes.length;
    if (operations > MOST_OPERATIONS || (operations === 0) !== (purgeEverything === true)) {
      throw new TypeError(`not what Cloudflare takes: ${JSON.stringify(options)}`);
    }
    callsLeft = Math.min(MOST_CALLS, callsLeft + (now() - countedAt) / CALL_BACK_MS);
    countedAt = now();
    if (callsLeft < 1) {
      account.refused += 1;
      return { kind: "refused", faults: [RATE_LIMITED] };
    }
    callsLeft -= 1;
    account.carried.push({ cache, at: now(), options });
    return { kind: "purged" };
  }

  const account: LimitedCaches = {
    caches: names.map((name) => ({ name, purge: (options) => purge(name, options) })),
    carried: [],
    refused: 0,
    setCallsLeft: (calls) => {
      callsLeft = calls;
      countedAt = now();
    },
  };
  return account;
}
