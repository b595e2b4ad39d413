import { isVersionOf, type StoredFile } from "../b2/stored-file.ts";
import { type Directives, parseCacheControl, secondsOf } from "../http/cache-control.ts";
import type { Settings } from "../settings.ts";

/** What browsers may do with an answer, and what Cloudflare may, which takes its own field out. */
export interface Caching {
  "Cache-Control": string;
  "Cloudflare-CDN-Cache-Control": string;
}

/** As good as for ever: caches understand more (RFC 9111 §1.2.2), but nobody means it. */
export const ONE_YEAR_SECONDS = 31_536_000;

export const NO_STORE: Caching = { "Cache-Control": "no-store", "Cloudflare-CDN-Cache-Control": "no-store" };

/**
 * How long a file is kept. A browser counts from when Cloudflare fetched its copy (`Age`), so it gets the edge's
 * freshness and its own: a copy that is fresh at the edge then stays in the browser for its own time at least.
 */
export function fileCaching(file: StoredFile, version: string | undefined, settings: Settings): Caching {
  return ownCaching(file, version, settings) ?? defaultCaching(settings);
}

/** The same, for a file that is kept for another time than one of which nobody said anything; undefined for that one. */
export function ownCaching(file: StoredFile, version: string | undefined, settings: Settings): Caching | undefined {
  if (version !== undefined && isVersionOf(version, file)) return versionCaching(settings);
  return file.cacheControl === null ? undefined : uploadersCaching(file.cacheControl, settings);
}

/** Without `stale-if-error=0` Cloudflare would keep a dead 404 alive without end. */
export function notFoundCaching({ notFoundMaxAgeSeconds: seconds }: Settings): Caching {
  return {
    "Cache-Control": `public, max-age=${seconds}`,
    "Cloudflare-CDN-Cache-Control": `public, max-age=${seconds}, stale-if-error=0`,
  };
}

/** How long a file is kept of which nobody said anything. */
export function defaultCaching(settings: Settings): Caching {
  const { browserMaxAgeSeconds, edgeMaxAgeSeconds } = settings;
  return {
    "Cache-Control": `public, max-age=${browserMaxAgeSeconds + edgeMaxAgeSeconds}`,
    "Cloudflare-CDN-Cache-Control": `public, max-age=${edgeMaxAgeSeconds}${staleCopies(settings)}`,
  };
}

/** No other file can ever have this address. */
function versionCaching(settings: Settings): Caching {
  const lifetime = `public, max-age=${ONE_YEAR_SECONDS}, immutable`;
  return { "Cache-Control": lifetime, "Cloudflare-CDN-Cache-Control": lifetime + staleCopies(settings) };
}

/** Whether Cloudflare's field is one of `versionCaching`: to Cloudflare `immutable` means nothing. */
export function isOfProvenVersion(edgeField: string): boolean {
  return edgeField.includes("immutable");
}

/**
 * What the uploader said with the file, and ours for what was not said. Undefined for `no-store`, `no-cache` and
 * `private`: B2 itself says these of private files, so they cannot be told from the uploader's.
 */
function uploadersCaching(field: string, settings: Settings): Caching | undefined {
  const own = parseCacheControl(field);
  if (own.has("no-store") || own.has("no-cache") || own.has("private")) return undefined;
  const browserSeconds = secondsOf(own, "max-age");
  const namedSeconds = secondsOf(own, "s-maxage") ?? browserSeconds;
  const edgeSeconds = namedSeconds ?? settings.edgeMaxAgeSeconds;
  // Of two the first counts (RFC 9111 §4.2.1), should the uploader's be no number.
  const added = browserSeconds === undefined ? `max-age=${edgeSeconds + settings.browserMaxAgeSeconds}, ` : "";
  return {
    "Cache-Control": added + field,
    "Cloudflare-CDN-Cache-Control": `public, max-age=${edgeSeconds}${staleCopiesOf(own, namedSeconds, settings)}`,
  };
}

function staleCopiesOf(own: Directives, namedSeconds: number | undefined, settings: Settings): string {
  // A copy that is no longer fresh must not be used then (RFC 9111 §5.2.2.2, §5.2.2.8).
  if (own.has("must-revalidate") || own.has("proxy-revalidate")) return ", stale-if-error=0";
  const whileRevalidate = namedSeconds === undefined ? settings.edgeStaleWhileRevalidateSeconds : 0;
  return staleCopies({
    edgeStaleWhileRevalidateSeconds: secondsOf(own, "stale-while-revalidate") ?? whileRevalidate,
    edgeStaleIfErrorSeconds: secondsOf(own, "stale-if-error") ?? settings.edgeStaleIfErrorSeconds,
  });
}

/** For how long Cloudflare answers with a copy that is no longer fresh; left out, `stale-if-error` is without end. */
function staleCopies({
  edgeStaleWhileRevalidateSeconds,
  edgeStaleIfErrorSeconds,
}: Pick<Settings, "edgeStaleWhileRevalidateSeconds" | "edgeStaleIfErrorSeconds">): string {
  return `, stale-while-revalidate=${edgeStaleWhileRevalidateSeconds}, stale-if-error=${edgeStaleIfErrorSeconds}`;
}
