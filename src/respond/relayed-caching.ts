import { parseCacheControl, reduceLifetimes, secondsOf } from "../http/cache-control.ts";
import { type Caching, isOfProvenVersion, NO_STORE } from "./caching.ts";

/** A copy from the cache of another entrypoint: what it was told, and its age. */
export interface Copy extends Caching {
  ageSeconds: number;
}

/** How an answer that passed a check may be kept: by the visitor's own browser, so long, and by nobody else. */
export interface CheckedFor {
  /** Until the check must be made again; Infinity when it need not be. */
  validSeconds: number;
  /** The browser's own time for an image. */
  browserMaxAgeSeconds: number;
}

/**
 * What is left of a copy's lifetimes. The answer that is made of it says nothing of its age: whether a cache in front of
 * this Worker would count that is not documented.
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
  // While the other entrypoint fetches a new copy, or cannot, it is the one to ask.
  return freshSeconds > ageSeconds ? reduceLifetimes(edge, ageSeconds) : "public, max-age=0, stale-if-error=0";
}

/** No cache in front of the check, and a browser no longer than the copy and the check are good. */
export function checkedCaching(copy: Copy, { validSeconds, browserMaxAgeSeconds }: CheckedFor): Caching {
  const told = parseCacheControl(copy["Cache-Control"]);
  const leftSeconds = (secondsOf(told, "max-age") ?? 0) - copy.ageSeconds;
  const mostSeconds = isOfProvenVersion(copy["Cloudflare-CDN-Cache-Control"])
    ? validSeconds
    : Math.min(validSeconds, browserMaxAgeSeconds);
  const maxAge = `private, max-age=${Math.max(0, Math.min(leftSeconds, mostSeconds))}`;
  return { ...NO_STORE, "Cache-Control": told.has("immutable") ? `${maxAge}, immutable` : maxAge };
}
