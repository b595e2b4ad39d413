import CachePolicy from "http-cache-semantics";

type Entrypoint = (request: Request) => Promise<Response>;

interface StoredAnswer {
  policy: CachePolicy;
  status: number;
  /** As the client sees them. */
  headers: Headers;
  body: ArrayBuffer;
}

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

/**
 * Workers Cache in front of one entrypoint, as https://developers.cloudflare.com/workers/cache/ describes it, with
 * `http-cache-semantics` for RFC 9111 and RFC 5861: keyed by path and query (and some fields), `Range` and HEAD answered
 * from the whole GET, freshness from `Cloudflare-CDN-Cache-Control` first, which the client never sees. The clock is
 * `Date.now`.
 */
export class WorkersCache {
  /** How often the entrypoint ran. */
  runs = 0;
  readonly #entrypoint: Entrypoint;
  readonly #stored = new Map<string, StoredAnswer[]>();
  #background: Promise<unknown>[] = [];

  constructor(entrypoint: Entrypoint) {
    this.#entrypoint = entrypoint;
  }

  async fetch(request: Request): Promise<Response> {
    // A request that upgrades never uses the cache.
    if ((request.method !== "GET" && request.method !== "HEAD") || request.headers.has("Upgrade")) {
      return withoutCdnField(await this.#run(request));
    }
    const asked = cacheRequest(request);
    for (const stored of this.#stored.get(keyOf(request)) ?? []) {
      const { response, revalidation } = stored.policy.evaluateRequest(asked);
      if (response !== undefined && revalidation === undefined) return answerFrom(stored, request);
      if (response !== undefined && !revalidation?.synchronous) {
        this.#background.push(this.#revalidate(stored, request));
        return answerFrom(stored, request);
      }
    }
    const stale = this.#stored.get(keyOf(request))?.find(({ policy }) => hasSameVariant(policy, asked));
    if (stale !== undefined) return await this.#revalidate(stale, request);
    return await this.#store(request, await this.#run(asGet(request)));
  }

  /** Waits for what runs in the background. */
  async settled(): Promise<void> {
    const background = this.#background;
    this.#background = [];
    await Promise.all(background);
  }

  async #revalidate(stored: StoredAnswer, request: Request): Promise<Response> {
    const asked = cacheRequest(request);
    const headers = new Headers(request.headers);
    for (const [name, value] of Object.entries(stored.policy.revalidationHeaders(asked))) {
      if (name.startsWith("if-") && value !== undefined) headers.set(name, String(value));
    }
    const fresh = await this.#run(asGet(request, headers));
    const { policy, modified, matches } = stored.policy.revalidatedPolicy(asked, cacheResponse(fresh));
    if (!modified && matches) {
      stored.policy = policy;
      if (fresh.status === 304)
        for (const [name, value] of withoutCdnField(fresh).headers) stored.headers.set(name, value);
      await fresh.body?.cancel();
      return answerFrom(stored, request);
    }
    return await this.#store(request, fresh);
  }

  async #store(request: Request, response: Response): Promise<Response> {
    const policy = policyOf(response, request);
    const vary = response.headers.get("Vary");
    // A 206 and a 304 of the entrypoint are passed on.
    if (!policy.storable() || vary === "*" || response.status === 206 || response.status === 304)
      return withoutCdnField(response);
    const { status, headers } = withoutCdnField(new Response(null, response));
    const stored = { policy, status, headers, body: await response.arrayBuffer() };
    const others = (this.#stored.get(keyOf(request)) ?? []).filter(
      (other) => !hasSameVariant(other.policy, cacheRequest(request)),
    );
    this.#stored.set(keyOf(request), [...others, stored]);
    return answerFrom(stored, request);
  }

  async #run(request: Request): Promise<Response> {
    this.runs += 1;
    return await this.#entrypoint(request);
  }
}

/** What RFC 9111 lets a shared cache do with an answer, told by the field that Cloudflare looks at first. */
export function policyOf(response: Response, request = new Request("https://image.example.com/")): CachePolicy {
  return new CachePolicy(cacheRequest(request), cacheResponse(response), { shared: true });
}

/** Path and query, and against poisoning the values of some fields, when they are there. */
function keyOf(request: Request): string {
  const { pathname, search } = new URL(request.url);
  const values = KEY_FIELDS.map((name) => request.headers.get(name));
  const scheme = request.headers.get("X-Forwarded-Scheme");
  if (scheme !== "http" && scheme !== "https") values.push(scheme);
  return values.every((value) => value === null) ? pathname + search : JSON.stringify([pathname + search, ...values]);
}

/** `Range` is stripped, and a HEAD arrives as a GET. */
function asGet(request: Request, headers = new Headers(request.headers)): Request {
  headers.delete("Range");
  headers.delete("If-Range");
  return new Request(request.url, { method: "GET", headers });
}

function cacheRequest(request: Request): CachePolicy.HttpRequest {
  const headers = Object.fromEntries(request.headers);
  // What a client asks of caches does not steer Cloudflare's.
  delete headers["cache-control"];
  delete headers.pragma;
  return { url: keyOf(request), method: "GET", headers };
}

function cacheResponse(response: Response): CachePolicy.HttpResponse {
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

function hasSameVariant(policy: CachePolicy, asked: CachePolicy.HttpRequest): boolean {
  const { reqh, resh } = policy.toObject();
  const names = String(resh.vary ?? "")
    .toLowerCase()
    .split(/\s*,\s*/);
  return names.every((name) => name === "" || (reqh?.[name] ?? undefined) === (asked.headers[name] ?? undefined));
}

function answerFrom({ policy, status, headers: fields, body }: StoredAnswer, request: Request): Response {
  const headers = new Headers(fields);
  headers.set("Age", String(Math.round(policy.age())));
  const etag = headers.get("ETag");
  if (status === 200 && etag !== null && request.headers.get("If-None-Match") === etag) {
    return new Response(null, { status: 304, headers });
  }
  const range = status === 200 ? /^bytes=(\d+)-(\d+)$/.exec(request.headers.get("Range") ?? "") : null;
  if (range === null) return new Response(request.method === "HEAD" ? null : body, { status, headers });
  const [first, last] = [Number(range[1]), Math.min(Number(range[2]), body.byteLength - 1)];
  headers.set("Content-Range", `bytes ${first}-${last}/${body.byteLength}`);
  headers.set("Content-Length", String(last - first + 1));
  return new Response(body.slice(first, last + 1), { status: 206, headers });
}

function withoutCdnField(response: Response): Response {
  const visible = new Response(response.body, response);
  visible.headers.delete("Cloudflare-CDN-Cache-Control");
  visible.headers.delete("CDN-Cache-Control");
  return visible;
}
