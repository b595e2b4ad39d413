import { parseCacheControl, reduceLifetimes, secondsOf } from "../http/cache-control.ts";
import { type Caching, isOfProvenVersion, NO_STORE } from "./caching.ts";

/** The caching fields and the age of an answer from another entrypoint's cache. */
export interface Copy extends Caching {
  ageSeconds: number;
}

/** How long the visitor's browser may keep an answer that depended on a check. No other cache may keep it. */
export interface CheckedFor {
  /** How long the check holds; Infinity: without end. */
  validSeconds: number;
  /** The setting `BROWSER_MAX_AGE_SECONDS`. */
  browserMaxAgeSeconds: number;
}

/**
 * The remaining lifetimes of a copy, for an answer that everybody may have. They are needed since the answer does not state
 * its age: it is not documented whether the cache in front of this Worker would take that into account.
 */
export function openCaching(copy: Copy): Caching {
  return {
    "Cache-Control": reduceLifetimes(copy["Cache-Control"], copy.ageSeconds),
    "Cloudflare-CDN-Cache-Control": openEdgeCaching(copy),
  };
}

function openEdgeCaching({ ageSeconds, "Cloudflare-CDN-Cache-Control": edge }: Copy): string {
  const freshSeconds = secondsOf(parseCacheControl(edge), "max-age");
  if (freshSeconds === undefined) return "no-store";
  // A stale copy is not kept here: the other entrypoint's cache decides whether it may still be used.
  return freshSeconds > ageSeconds ? reduceLifetimes(edge, ageSeconds) : "public, max-age=0, stale-if-error=0";
}

/** The caching of an answer that depended on a check: only the browser, for as long as both copy and check are good. */
export function checkedCaching(copy: Copy, { validSeconds, browserMaxAgeSeconds }: CheckedFor): Caching {
  const told = parseCacheControl(copy["Cache-Control"]);
  const leftSeconds = (secondsOf(told, "max-age") ?? 0) - copy.ageSeconds;
  const mostSeconds = isOfProvenVersion(copy["Cloudflare-CDN-Cache-Control"])
    ? validSeconds
    : Math.min(validSeconds, browserMaxAgeSeconds);
  const maxAge = `private, max-age=${Math.max(0, Math.min(leftSeconds, mostSeconds))}`;
  return { ...NO_STORE, "Cache-Control": told.has("immutable") ? `${maxAge}, immutable` : maxAge };
}
