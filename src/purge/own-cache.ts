import { describeError } from "../log.ts";
import { withDeadline } from "../with-deadline.ts";

/** Cloudflare's reason for not purging. */
export interface PurgeFault {
  /** Cloudflare's error number; 0 when it gave none. */
  code: number;
  message: string;
}

/** The result of a purge of one entrypoint's cache. `no-cache`: there is no cache, as under `wrangler dev`. */
export type OwnPurge = { kind: "purged" } | { kind: "no-cache" } | { kind: "refused"; faults: PurgeFault[] };

const TIMEOUT_MS = 10_000;

/**
 * Purges the cache of the entrypoint that runs this code. None can reach the cache of another one. Never throws.
 * Source: https://developers.cloudflare.com/workers/cache/purge/
 */
export async function purgeOwnCache(cache: CacheContext | undefined, options: CachePurgeOptions): Promise<OwnPurge> {
  if (cache === undefined) return { kind: "no-cache" };
  try {
    const { success, errors } = await withDeadline(cache.purge(options), TIMEOUT_MS, tooLate);
    if (success) return { kind: "purged" };
    return { kind: "refused", faults: errors.map(({ code, message }) => ({ code, message })) };
  } catch (error) {
    return { kind: "refused", faults: [{ code: 0, message: describeError(error) }] };
  }
}

function tooLate(): Error {
  return new Error(`Cloudflare has not answered in ${TIMEOUT_MS / 1000} s`);
}
