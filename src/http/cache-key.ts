/**
 * The request fields whose values Cloudflare puts into its cache key, against poisoning, beside path and query.
 * Source: https://developers.cloudflare.com/workers/cache/
 */
const KEY_FIELDS = [
  "X-Forwarded-Host",
  "X-Host",
  "X-Original-URL",
  "X-Rewrite-URL",
  "Forwarded",
  "X-HTTP-Method-Override",
  "X-HTTP-Method",
  "X-Method-Override",
  "Cloudflare-Workers-Version-Key",
];

/** Whether a request has a cache key of its own, although path and query are another one's: a client can make it miss at will. */
export function hasOwnCacheKey(fields: Headers): boolean {
  // A request that upgrades never uses the cache.
  if (fields.has("Upgrade")) return true;
  const scheme = fields.get("X-Forwarded-Scheme");
  return (scheme !== null && scheme !== "http" && scheme !== "https") || KEY_FIELDS.some((name) => fields.has(name));
}
