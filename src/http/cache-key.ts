/**
 * The request fields whose values are part of Cloudflare's cache key besides path and query, as a protection from poisoning.
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

/** Whether a request has another cache key than others with the same path and query. A client can make it miss at will. */
export function hasOwnCacheKey(fields: Headers): boolean {
  // A request with `Upgrade` never uses the cache.
  if (fields.has("Upgrade")) return true;
  const scheme = fields.get("X-Forwarded-Scheme");
  return (scheme !== null && scheme !== "http" && scheme !== "https") || KEY_FIELDS.some((name) => fields.has(name));
}
