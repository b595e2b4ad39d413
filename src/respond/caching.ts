import { isVersionOf, type StoredFile } from "../b2/stored-file.ts";
import { type Directives, parseCacheControl, secondsOf } from "../http/cache-control.ts";
import type { Settings } from "../settings.ts";

/** The caching fields of an answer: for browsers, and for Cloudflare, which removes its own field. */
export interface Caching {
  "Cache-Control": string;
  "Cloudflare-CDN-Cache-Control": string;
}

/** The lifetime of an answer that never changes. Caches accept more (RFC 9111 §1.2.2), but a year is customary. */
const ONE_YEAR_SECONDS = 31_536_000;

export const NO_STORE: Caching = { "Cache-Control": "no-store", "Cloudflare-CDN-Cache-Control": "no-store" };

/**
 * The caching of a file. A browser counts from the time when Cloudflare fetched its copy (`Age`), so its `max-age` is the
 * edge's freshness lifetime plus its own: a copy that is fresh at the edge then stays in the browser for at least the latter.
 */
export function fileCaching(file: StoredFile, version: string | undefined, settings: Settings): Caching {
  return ownCaching(file, version, settings) ?? defaultCaching(settings);
}

/** The caching of a file that differs from `defaultCaching`, by a version or by its own Cache-Control; undefined for others. */
export function ownCaching(file: StoredFile, version: string | undefined, settings: Settings): Caching | undefined {
  if (version !== undefined && isVersionOf(version, file)) return versionCaching(settings);
  return file.cacheControl === null ? undefined : uploadersCaching(file.cacheControl, settings);
}

/** The caching of a 404. Without `stale-if-error=0`, Cloudflare could use an old 404 without end. */
export function notFoundCaching({ notFoundMaxAgeSeconds: seconds }: Settings): Caching {
  return {
    "Cache-Control": `public, max-age=${seconds}`,
    "Cloudflare-CDN-Cache-Control": `public, max-age=${seconds}, stale-if-error=0`,
  };
}

/** The caching of a file without a version and a Cache-Control of its own, by the settings. */
export function defaultCaching(settings: Settings): Caching {
  const { browserMaxAgeSeconds, edgeMaxAgeSeconds } = settings;
  return {
    "Cache-Control": `public, max-age=${browserMaxAgeSeconds + edgeMaxAgeSeconds}`,
    "Cloudflare-CDN-Cache-Control": `public, max-age=${edgeMaxAgeSeconds}${staleCopies(settings)}`,
  };
}

/** The caching of a proven version: no other file can ever have this address. */
function versionCaching(settings: Settings): Caching {
  const lifetime = `public, max-age=${ONE_YEAR_SECONDS}, immutable`;
  return { "Cache-Control": lifetime, "Cloudflare-CDN-Cache-Control": lifetime + staleCopies(settings) };
}

/** Whether Cloudflare's field is one of `versionCaching`. It is marked by `immutable`, which Cloudflare ignores. */
export function isOfProvenVersion(edgeField: string): boolean {
  return edgeField.includes("immutable");
}

/**
 * The caching by a file's own Cache-Control, completed by the settings. Undefined for `no-store`, `no-cache` and `private`:
 * B2 itself sends these for files in private buckets, so they may not be the uploader's.
 */
function uploadersCaching(field: string, settings: Settings): Caching | undefined {
  const own = parseCacheControl(field);
  if (own.has("no-store") || own.has("no-cache") || own.has("private")) return undefined;
  const browserSeconds = secondsOf(own, "max-age");
  const namedSeconds = secondsOf(own, "s-maxage") ?? browserSeconds;
  const edgeSeconds = namedSeconds ?? settings.edgeMaxAgeSeconds;
  // It stands first, since the first of two counts (RFC 9111 §4.2.1): the uploader's may not be a number.
  const added = browserSeconds === undefined ? `max-age=${edgeSeconds + settings.browserMaxAgeSeconds}, ` : "";
  return {
    "Cache-Control": added + field,
    "Cloudflare-CDN-Cache-Control": `public, max-age=${edgeSeconds}${staleCopiesOf(own, namedSeconds, settings)}`,
  };
}

function staleCopiesOf(own: Directives, namedSeconds: number | undefined, settings: Settings): string {
  // These forbid the use of stale copies (RFC 9111 §5.2.2.2, §5.2.2.8).
  if (own.has("must-revalidate") || own.has("proxy-revalidate")) return ", stale-if-error=0";
  const whileRevalidate = namedSeconds === undefined ? settings.edgeStaleWhileRevalidateSeconds : 0;
  return staleCopies({
    edgeStaleWhileRevalidateSeconds: secondsOf(own, "stale-while-revalidate") ?? whileRevalidate,
    edgeStaleIfErrorSeconds: secondsOf(own, "stale-if-error") ?? settings.edgeStaleIfErrorSeconds,
  });
}

/** How long Cloudflare may use stale copies. Without `stale-if-error` that would be without end. */
function staleCopies({
  edgeStaleWhileRevalidateSeconds,
  edgeStaleIfErrorSeconds,
}: Pick<Settings, "edgeStaleWhileRevalidateSeconds" | "edgeStaleIfErrorSeconds">): string {
  return `, stale-while-revalidate=${edgeStaleWhileRevalidateSeconds}, stale-if-error=${edgeStaleIfErrorSeconds}`;
}
