import type CachePolicy from "http-cache-semantics";
import { cacheRequest, cacheResponse, hasSameVariant, keyOf, policyOf } from "./cache-policy.ts";

type Entrypoint = (request: Request) => Promise<Response>;

interface StoredAnswer {
  policy: CachePolicy;
  status: number;
  /** As the client sees them. */
  headers: Headers;
  body: ArrayBuffer;
}

/**
 * What `Cf-Cache-Status` says: from the cache, fetched, fetched anew because it was not fresh, unchanged since, served while
 * it is fetched anew, served because that failed, not stored. Source: https://developers.cloudflare.com/workers/cache/debugging/
 */
type Status = "HIT" | "MISS" | "EXPIRED" | "REVALIDATED" | "UPDATING" | "STALE" | "BYPASS";

/**
 * Workers Cache in front of one entrypoint, as https://developers.cloudflare.com/workers/cache/ describes it, with
 * `http-cache-semantics` for RFC 9111 and RFC 5861: keyed by path and query (and some fields), `Range` and HEAD answered from the whole GET,
 * freshness from `Cloudflare-CDN-Cache-Control` first, which the client never sees, and neither `Cache-Tag`. The clock is
 * `Date.now`.
 */
export class WorkersCache implements CacheContext {
  /** How often the entrypoint ran. */
  runs = 0;
  /** What was purged, call by call. */
  readonly purges: CachePurgeOptions[] = [];
  /** What Cloudflare says instead of purging; nothing when it purges. */
  purgeErrors: CachePurgeError[] = [];
  /** What happens just after a purge. */
  afterPurge: () => Promise<unknown> = async () => undefined;
  readonly #tags = new Map<string, string[]>();
  /** The `Cache-Tag` of each answer that was stored, in order. */
  readonly tags: (string | null)[] = [];
  readonly #entrypoint: Entrypoint;
  readonly #stored = new Map<string, StoredAnswer[]>();
  #background: Promise<unknown>[] = [];

  constructor(entrypoint: Entrypoint) {
    this.#entrypoint = entrypoint;
  }

  async fetch(request: Request): Promise<Response> {
    // A request that upgrades never uses the cache.
    if ((request.method !== "GET" && request.method !== "HEAD") || request.headers.has("Upgrade")) {
      return toClient(await this.#run(request), "BYPASS");
    }
    const asked = cacheRequest(request);
    for (const stored of this.#stored.get(keyOf(request)) ?? []) {
      const { response, revalidation } = stored.policy.evaluateRequest(asked);
      if (response !== undefined && revalidation === undefined) return answerFrom(stored, request, "HIT");
      if (response !== undefined && !revalidation?.synchronous) {
        this.#background.push(this.#revalidate(stored, request));
        return answerFrom(stored, request, "UPDATING");
      }
    }
    const stale = this.#stored.get(keyOf(request))?.find(({ policy }) => hasSameVariant(policy, asked));
    if (stale !== undefined) return await this.#revalidate(stale, request);
    return await this.#store(request, await this.#run(asGet(request)), "MISS");
  }

  /** By tag, whatever its case, and by how a path begins. Source: https://developers.cloudflare.com/workers/cache/purge/ */
  async purge(options: CachePurgeOptions): Promise<CachePurgeResult> {
    if (this.purgeErrors.length > 0) return { success: false, errors: this.purgeErrors };
    this.purges.push(options);
    const { tags = [], pathPrefixes = [], purgeEverything = false } = options;
    const wanted = new Set(tags.map((tag) => tag.toLowerCase()));
    for (const key of this.#stored.keys()) {
      const isTagged = this.#tags.get(key)?.some((tag) => wanted.has(tag)) === true;
      const isUnder = pathPrefixes.some((prefix) => key.startsWith(prefix) || key.startsWith(`["${prefix}`));
      if (isTagged || isUnder || purgeEverything) this.#stored.delete(key);
    }
    await this.afterPurge();
    return { success: true, errors: [] };
  }

  invalidate(): Promise<CachePurgeResult> {
    throw new Error("The Worker never marks an answer as stale.");
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
      await fresh.body?.cancel();
      if (fresh.status !== 304) return answerFrom(stored, request, "STALE");
      for (const [name, value] of fieldsOf(fresh)) stored.headers.set(name, value);
      return answerFrom(stored, request, "REVALIDATED");
    }
    return await this.#store(request, fresh, "EXPIRED");
  }

  async #store(request: Request, response: Response, cacheStatus: Status): Promise<Response> {
    const policy = policyOf(response, request);
    const vary = response.headers.get("Vary");
    // A 206 and a 304 of the entrypoint are passed on.
    if (!policy.storable() || vary === "*" || response.status === 206 || response.status === 304)
      return toClient(response, "BYPASS");
    const tags = response.headers.get("Cache-Tag")?.toLowerCase().split(",") ?? [];
    this.#tags.set(keyOf(request), tags.filter(isTag));
    const stored = { policy, status: response.status, headers: fieldsOf(response), body: await response.arrayBuffer() };
    this.tags.push(response.headers.get("Cache-Tag"));
    const others = (this.#stored.get(keyOf(request)) ?? []).filter(
      (other) => !hasSameVariant(other.policy, cacheRequest(request)),
    );
    this.#stored.set(keyOf(request), [...others, stored]);
    return answerFrom(stored, request, cacheStatus);
  }

  async #run(request: Request): Promise<Response> {
    this.runs += 1;
    return await this.#entrypoint(request);
  }
}

/** A tag that is none is dropped silently. Source: https://developers.cloudflare.com/workers/cache/purge/#attach-tags-on-write */
function isTag(text: string): boolean {
  return /^[!-~]{1,1024}$/.test(text);
}

/** `Range` is stripped, and a HEAD arrives as a GET. */
function asGet(request: Request, headers = new Headers(request.headers)): Request {
  headers.delete("Range");
  headers.delete("If-Range");
  return new Request(request.url, { method: "GET", headers });
}

function answerFrom(
  { policy, status, headers: fields, body }: StoredAnswer,
  request: Request,
  cacheStatus: Status,
): Response {
  const headers = new Headers(fields);
  headers.set("Cf-Cache-Status", cacheStatus);
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

function toClient(response: Response, cacheStatus: Status): Response {
  const visible = new Response(response.body, { status: response.status, headers: fieldsOf(response) });
  visible.headers.set("Cf-Cache-Status", cacheStatus);
  return visible;
}

/** The fields that a client sees: with a date (RFC 9110 §6.6.1), without those that are for Cloudflare. */
function fieldsOf({ headers }: Response): Headers {
  const fields = new Headers(headers);
  for (const name of ["Cloudflare-CDN-Cache-Control", "Cache-Tag"]) fields.delete(name);
  if (!fields.has("Date")) fields.set("Date", new Date().toUTCString());
  return fields;
}
