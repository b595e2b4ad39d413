import { linkedBucketOf } from "./address.ts";
import { canonicalPath, fileNameFault, readPath } from "./b2/file-name.ts";
import { choosePreset, type Preset } from "./preset.ts";
import type { Rejection } from "./rejection.ts";
import type { Settings } from "./settings.ts";

/** The characters of a version: none that a URL would encode. */
const VERSION = /^[\w.-]{1,64}$/;

/** The file that a URL asks for. */
export interface Target {
  kind: "target";
  /** The decoded path in the bucket, without the prefix of the settings. */
  path: string;
  /** The URL path in its normal encoding. */
  canonicalPath: string;
  /** The version of the file that the query names (`VERSION_PARAMETER`). */
  version: string | undefined;
  /** The address that it is cached under and that is signed: the canonical path, followed by `?v=3` if the URL names a version. */
  versionedPath: string;
  /** Undefined for the image as it is in the bucket. */
  preset: Preset | undefined;
  /** Whether the URL is exactly `versionedPath`. */
  isCanonical: boolean;
  /** The bucket of the form `/file/{bucket}/{path}`, which B2's own links have. */
  linkedBucket: string | undefined;
  /** The query of the URL, without its question mark. */
  query: string;
  /** Whether another answer takes the place of its 404, so that the page of a 404 is not needed. */
  isLookUp?: boolean;
}

/** The folder that a URL asks for, with a slash at its end. */
export interface Folder extends Pick<Target, "path" | "canonicalPath" | "linkedBucket" | "query"> {
  kind: "folder";
  /** The file that the settings show in place of the folder, if it is there. */
  index: Target | undefined;
}

/** A URL cut by hand: `new URL` would change the path (dot segments, tabs, backslashes), and costs more. */
export interface RawUrl {
  /** Path and query as they came (RFC 9112 §3.2.1). */
  target: string;
  /** The path as it came, without the leading slash. */
  path: string;
  /** The query without its question mark. */
  query: string;
}

/** Cuts a URL into path and query without changing either. */
export function cutUrl(url: string): RawUrl {
  const afterScheme = url.indexOf("//") + 2;
  const pathStart = url.indexOf("/", afterScheme);
  if (pathStart === -1) return { target: "", path: "", query: "" };
  const target = url.slice(pathStart);
  const queryStart = target.indexOf("?");
  return queryStart === -1
    ? { target, path: target.slice(1), query: "" }
    : { target, path: target.slice(1, queryStart), query: target.slice(queryStart + 1) };
}

/** Finds the file or folder that a URL asks for. In the form of B2's own links, a plus stands for a space. */
export function locate(raw: RawUrl, settings: Settings): Target | Folder | Rejection {
  const linkedBucket = linkedBucketOf(raw.path);
  const isLink = linkedBucket !== undefined;
  const rawPath = isLink ? raw.path.slice(`file/${linkedBucket}/`.length) : raw.path;
  const reading = readPath(rawPath, { plusIsSpace: isLink });
  if (reading.kind === "bad") return { kind: "bad-request", detail: reading.detail };
  const preset = presetIn(raw.query, settings);
  if (preset !== undefined && "problem" in preset) return { kind: "bad-request", detail: preset.problem };
  const way = { raw, linkedBucket, preset };
  const { path } = reading;
  if (path === "" || path.endsWith("/")) return folderAt(path, way, settings);
  const fault = fileNameFault(settings.fileNamePrefix + path);
  if (fault !== undefined) return { kind: "bad-request", detail: fault };
  return targetAt(path, way, settings);
}

/** The URL that leads to a path, with the bucket and the preset that it names. */
interface Way extends Pick<Target, "linkedBucket" | "preset"> {
  raw: RawUrl;
}

function targetAt(path: string, { raw, linkedBucket, preset }: Way, settings: Settings): Target {
  const canonical = canonicalPath(path);
  const version = versionIn(raw.query, settings);
  const versionedPath = version === undefined ? canonical : `${canonical}?${settings.versionParameter}=${version}`;
  return {
    kind: "target",
    path,
    canonicalPath: canonical,
    version,
    versionedPath,
    preset,
    isCanonical: raw.target === versionedPath,
    linkedBucket,
    query: raw.query,
  };
}

function folderAt(path: string, way: Way, settings: Settings): Folder | Rejection {
  const { fileNamePrefix, indexFile } = settings;
  const fault = fileNameFault(fileNamePrefix + path.slice(0, -1));
  if (fault !== undefined) return { kind: "bad-request", detail: fault };
  const indexPath = indexFile === undefined ? undefined : path + indexFile;
  return {
    kind: "folder",
    path,
    canonicalPath: canonicalPath(path),
    linkedBucket: way.linkedBucket,
    query: way.raw.query,
    index:
      indexPath === undefined || fileNameFault(fileNamePrefix + indexPath) !== undefined
        ? undefined
        : targetAt(indexPath, way, settings),
  };
}

function presetIn(query: string, { presets }: Settings): ReturnType<typeof choosePreset> {
  return query === "" || presets.size === 0 ? undefined : choosePreset(new URLSearchParams(query), presets);
}

/** The version that a query names; undefined when it names none, several, or one with other characters. */
export function versionIn(query: string, { versionParameter }: Pick<Settings, "versionParameter">): string | undefined {
  if (versionParameter === undefined || query === "") return undefined;
  const [version, another] = new URLSearchParams(query).getAll(versionParameter);
  return version !== undefined && another === undefined && VERSION.test(version) ? version : undefined;
}
