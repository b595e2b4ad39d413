import CachePolicy from "http-cache-semantics";

/** What Cloudflare puts into its cache key beside path and query. Source: https://developers.cloudflare.com/workers/cache/ */
const KEY_FIELDS = [
  "X-HTTP-Method-Override",
  "X-HTTP-Method",
  "X-Method-Override",
  "X-Forwarded-Host",
  "X-Host",
  "X-Original-URL",
  "X-Rewrite-URL",
  "Forwarded",
  "Cloudflare-Workers-Version-Key",
];

/** Directives that turn `stale-while-revalidate` and `stale-if-error` off. */
const STRICT = /s-maxage|must-revalidate|proxy-revalidate/;

/** What RFC 9111 lets a shared cache do with an answer, told by the field that Cloudflare looks at first. */
export function policyOf(response: Response, request = new Request("https://image.example.com/")): CachePolicy {
  return new CachePolicy(cacheRequest(request), cacheResponse(response), { shared: true });
}

/** Path and query, and against poisoning the values of some fields, when they are there. */
export function keyOf(request: Request): string {
  const { pathname, search } = new URL(request.url);
  const values = KEY_FIELDS.map((name) => request.headers.get(name));
  const scheme = request.headers.get("X-Forwarded-Scheme");
  if (scheme !== "http" && scheme !== "https") values.push(scheme);
  return values.every((value) => value === null) ? pathname + search : JSON.stringify([pathname + search, ...values]);
}

/** A request as a cache sees it. */
export function cacheRequest(request: Request): CachePolicy.HttpRequest {
  const headers = Object.fromEntries(request.headers);
  // What a client asks of caches does not steer Cloudflare's.
  delete headers["cache-control"];
  delete headers.pragma;
  return { url: keyOf(request), method: "GET", headers };
}

/** An answer as Cloudflare reads it. */
export function cacheResponse(response: Response): CachePolicy.HttpResponse {
  const headers = Object.fromEntries(response.headers);
  const forCloudflare =
    headers["cloudflare-cdn-cache-control"] ?? headers["cdn-cache-control"] ?? headers["cache-control"];
  // «A response with no Cache-Control is cached anyway»: 200 for two hours, 404 for three minutes.
  const unsaid = response.status === 404 ? "public, max-age=180" : "public, max-age=7200";
  const control = forCloudflare ?? unsaid;
  // «Default stale-if-error is without end».
  const endless =
    STRICT.test(control) || control.includes("stale-if-error") ? control : `${control}, stale-if-error=999999999`;
  return { status: response.status, headers: { ...headers, "cache-control": endless } };
}

/** Whether a stored answer was chosen by the same values of the fields that it varies by. */
export function hasSameVariant(policy: CachePolicy, asked: CachePolicy.HttpRequest): boolean {
  const { reqh, resh } = policy.toObject();
  const names = String(resh.vary ?? "")
    .toLowerCase()
    .split(/\s*,\s*/);
  return names.every((name) => name === "" || (reqh?.[name] ?? undefined) === (asked.headers[name] ?? undefined));
}
