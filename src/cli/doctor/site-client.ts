const TIMEOUT_MS = 30_000;

export interface Answer {
  status: number;
  headers: Headers;
  body: Buffer;
}

export interface Question {
  method?: "GET" | "HEAD";
  headers?: Record<string, string>;
  /** The origin to ask, if not the site's main one. */
  origin?: string;
}

export interface SiteClient {
  origin: string;
  /** Requests a path with its query. Throws the error of the network. */
  ask(path: string, question?: Question): Promise<Answer>;
  /** The response fields of B2 that any answer so far had. */
  leakedFields(): string[];
}

/** Makes a client that asks like the browser of a visitor on the site itself. It follows no redirects and caches nothing. */
export function createSiteClient(origin: string): SiteClient {
  const leaked = new Set<string>();
  return {
    origin,
    leakedFields: () => [...leaked],
    async ask(path, { method = "GET", headers = {}, origin: other = origin } = {}) {
      const response = await fetch(other + path, {
        method,
        redirect: "manual",
        signal: AbortSignal.timeout(TIMEOUT_MS),
        // Compression on the way would change the length. The Referer is the site itself, which hotlink rules let pass.
        headers: { "Accept-Encoding": "identity", Accept: "image/*,*/*;q=0.8", Referer: `${other}/`, ...headers },
      });
      for (const name of response.headers.keys()) if (name.startsWith("x-bz-")) leaked.add(name);
      return { status: response.status, headers: response.headers, body: Buffer.from(await response.arrayBuffer()) };
    },
  };
}

/** The value of `Cf-Cache-Status` in upper case; undefined when Cloudflare is not in front. */
export function cacheStatus({ headers }: Answer): string | undefined {
  return headers.get("Cf-Cache-Status")?.toUpperCase();
}

/** Whether an answer of `origin` came from this machine itself: only such a site is asked by http:, and no Cloudflare is before it. */
export function isWithoutCache(answer: Answer, { origin }: { origin: string }): boolean {
  return origin.startsWith("http:") && cacheStatus(answer) === undefined;
}

export const NO_CACHE_HERE = "A site on this machine has no cache in front.";
