import { isListed } from "../access/listed-prefix.ts";
import { isPrivate } from "../access/private-prefix.ts";
import { canonicalPath, fileNameFault, readPath } from "../b2/file-name.ts";
import { cutUrl } from "../locate.ts";
import { cacheTagOf } from "../respond/fields.ts";
import type { Settings } from "../settings.ts";
import type { Purge } from "./purge-queue.ts";

/** How many folders above a file are purged. The others expire by themselves: one call has no room for hundreds. */
const MOST_FOLDERS = 30;

/** The settings and the bucket that decide which file a path means. */
export interface Places {
  settings: Pick<Settings, "fileNamePrefix" | "indexFile" | "listedPrefixes" | "privatePrefixes" | "signingKeys">;
  bucketName: string;
}

/** The tags and path prefixes that stand for something in the caches. */
export type PurgeTarget = Pick<Purge, "tags" | "pathPrefixes">;

/**
 * Finds out what to purge for a file or a folder as its owner writes it: an address (`https://…`), or a path with or without
 * a slash in front. In a path, `%20` may stand for a space or for itself, so both are purged. Undefined when no file that
 * can be served is meant.
 */
export function targetOfPath(text: string, places: Places): PurgeTarget | undefined {
  return targetOfPaths(readingsOf(text, places), places);
}

/**
 * Finds out what to purge for a file of the bucket, by the whole name that B2's event gives. B2 does not document whether
 * that is percent-encoded, so both readings are purged. Undefined when the file is not served here.
 */
export function targetOfFileName(fileName: string, places: Places): PurgeTarget | undefined {
  const { fileNamePrefix } = places.settings;
  if (!fileName.startsWith(fileNamePrefix)) return undefined;
  const path = fileName.slice(fileNamePrefix.length);
  return targetOfPaths([path, ...decoded(path)], places);
}

/** Finds out what to purge for all paths that begin with a text, in both forms of address. Undefined when no path can. */
export function targetOfPrefix(text: string, places: Places): PurgeTarget | undefined {
  const prefixes = readingsOf(text, places).filter((path) => path !== "" && isServable(path, places));
  if (prefixes.length === 0) return undefined;
  return unite(prefixes.map((prefix) => targetOfBeginning(prefix, places)));
}

/** An index file is served at its folder's address too, which does not begin like the path of the file. */
function targetOfBeginning(prefix: string, places: Places): PurgeTarget {
  const { indexFile } = places.settings;
  const cut = prefix.lastIndexOf("/") + 1;
  const beginsIndex = cut < prefix.length && indexFile?.startsWith(prefix.slice(cut)) === true;
  const own = { tags: [], pathPrefixes: addressesOf(canonicalPath(prefix), places) };
  return beginsIndex ? unite([own, targetOfFile(prefix.slice(0, cut) + indexFile, places)]) : own;
}

function targetOfPaths(readings: string[], places: Places): PurgeTarget | undefined {
  const paths = readings.filter((path) => isServable(path, places));
  return paths.length === 0 ? undefined : unite(paths.map((path) => targetOfFile(path, places)));
}

function targetOfFile(path: string, places: Places): PurgeTarget {
  const { indexFile } = places.settings;
  const isFolder = path === "" || path.endsWith("/");
  const paths = isFolder && indexFile !== undefined ? [path, path + indexFile] : [path];
  return unite([...paths, ...galleriesOf(path, places)].map((each) => targetOfAddress(each, places)));
}

/** The folders whose pages may show the file, or a folder that exists because of it. */
function galleriesOf(path: string, { settings }: Places): string[] {
  const segments = path.split("/").slice(0, -1);
  const folders = [...segments.keys(), segments.length].map((depth) =>
    segments
      .slice(0, depth)
      .map((segment) => `${segment}/`)
      .join(""),
  );
  // A signed link opens any folder.
  const canShow = (folder: string) =>
    settings.signingKeys.length > 0 || isListed(folder, settings.listedPrefixes) || isPrivate(folder, settings);
  return folders.filter(canShow).slice(-MOST_FOLDERS);
}

/** A tag reaches every address of a file. A path prefix also hits longer paths, but its length has no limit. */
function targetOfAddress(path: string, places: Places): PurgeTarget {
  const { indexFile } = places.settings;
  const canonical = canonicalPath(path);
  const tag = cacheTagOf(canonical);
  if (tag !== undefined) return { tags: [tag], pathPrefixes: [] };
  const isIndex = indexFile !== undefined && path.endsWith(`/${indexFile}`);
  const folder = isIndex ? addressesOf(canonicalPath(path.slice(0, -indexFile.length)), places) : [];
  return { tags: [], pathPrefixes: [...addressesOf(canonical, places), ...folder] };
}

/** The path itself, and the form of B2's own links, in which a plus may stand for a space. */
function addressesOf(canonical: string, { bucketName }: Places): string[] {
  const linked = `/file/${bucketName}${canonical.replaceAll("+", "%2B")}`;
  return [...new Set([canonical, linked, linked.replaceAll("%20", "+")])];
}

/** Every path that a text may mean: it may be encoded, have a query, or be one of B2's own links. */
function readingsOf(text: string, { bucketName }: Places): string[] {
  const isAddress = /^https?:\/\//i.test(text);
  const raw = isAddress ? cutUrl(text).path : text.replace(/^\//, "");
  const linked = `file/${bucketName}/`;
  const written = [...(isAddress ? [] : [raw]), raw.replace(/[?#].*$/s, "")];
  const paths = written.flatMap((path) => {
    const link = path.startsWith(linked) ? path.slice(linked.length) : undefined;
    // The bucket may also have a folder with the name `file`.
    const readable = [...decoded(path), ...(link === undefined ? [] : decoded(link, { plusIsSpace: true }))];
    return isAddress ? readable : [path, ...(link === undefined ? [] : [link]), ...readable];
  });
  return [...new Set(paths)];
}

/** The decoded path as a list of one; an empty list when it cannot be decoded. */
function decoded(rawPath: string, options?: { plusIsSpace: boolean }): string[] {
  const reading = readPath(rawPath, options);
  return reading.kind === "path" ? [reading.path] : [];
}

function isServable(path: string, { settings }: Places): boolean {
  if (!path.isWellFormed() || fileNameFault(settings.fileNamePrefix + path) !== undefined) return false;
  return readPath(canonicalPath(path).slice(1)).kind === "path";
}

function unite(targets: PurgeTarget[]): PurgeTarget {
  return {
    tags: [...new Set(targets.flatMap(({ tags }) => tags))],
    pathPrefixes: [...new Set(targets.flatMap(({ pathPrefixes }) => pathPrefixes))],
  };
}
