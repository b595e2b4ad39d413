const TIMEOUT_MS = 30_000;

export interface Answer {
  status: number;
  headers: Headers;
  body: Buffer;
}

export interface Question {
  method?: "GET" | "HEAD";
  headers?: Record<string, string>;
  /** Another address of the same site. */
  origin?: string;
}

export interface SiteClient {
  origin: string;
  /** Asks one path with its query; throws the network's error. */
  ask(path: string, question?: Question): Promise<Answer>;
  /** Fields of B2 that came with any answer so far. */
  leakedFields(): string[];
}

/** Asks a site as a visitor's browser on that very site does. Follows no redirect and keeps nothing. */
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
        // Compression on the way would hide the length, and hotlink rules let the site itself pass.
        headers: { "Accept-Encoding": "identity", Accept: "image/*,*/*;q=0.8", Referer: `${other}/`, ...headers },
      });
      for (const name of response.headers.keys()) if (name.startsWith("x-bz-")) leaked.add(name);
      return { status: response.status, headers: response.headers, body: Buffer.from(await response.arrayBuffer()) };
    },
  };
}

/** What `Cf-Cache-Status` says, or undefined where no Cloudflare is in front. */
export function cacheStatus({ headers }: Answer): string | undefined {
  return headers.get("Cf-Cache-Status")?.toUpperCase();
}
