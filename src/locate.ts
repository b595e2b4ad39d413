import { canonicalPath, fileNameFault, readPath } from "./b2/file-name.ts";
import type { Rejection } from "./rejection.ts";
import type { Settings } from "./settings.ts";

/** What a URL asks for. */
export interface Target {
  kind: "target";
  /** The decoded path in the bucket, without the prefix of the settings. */
  path: string;
  /** The URL path that it is cached under. */
  canonicalPath: string;
  /** Whether the URL is just that, without a query. */
  isCanonical: boolean;
  /** The bucket of the form `/file/{bucket}/{path}`, which B2's own links have. */
  linkedBucket: string | undefined;
  /** The query of the URL, without its question mark. */
  query: string;
}

/** A URL cut by hand: `new URL` would change the path (dot segments, tabs, backslashes), and costs more. */
export interface RawUrl {
  /** As it came, without the leading slash. */
  path: string;
  /** Without the question mark. */
  query: string;
}

export function cutUrl(url: string): RawUrl {
  const afterScheme = url.indexOf("//") + 2;
  const pathStart = url.indexOf("/", afterScheme);
  if (pathStart === -1) return { path: "", query: "" };
  const queryStart = url.indexOf("?", pathStart);
  return queryStart === -1
    ? { path: url.slice(pathStart + 1), query: "" }
    : { path: url.slice(pathStart + 1, queryStart), query: url.slice(queryStart + 1) };
}

/** The file that a URL asks for. In the form of B2's own links a plus is a space. */
export function locate(raw: RawUrl, settings: Settings): Target | Rejection {
  const linkedBucket = raw.path.startsWith("file/") ? /^file\/([^/]+)\//.exec(raw.path)?.[1] : undefined;
  const isLink = linkedBucket !== undefined;
  const rawPath = isLink ? raw.path.slice(`file/${linkedBucket}/`.length) : raw.path;
  const reading = readPath(rawPath, { plusIsSpace: isLink });
  if (reading.kind === "bad") return { kind: "bad-request", detail: reading.detail };
  let { path } = reading;
  if (path === "" || path.endsWith("/")) {
    if (settings.indexFile === undefined) return { kind: "not-found" };
    path += settings.indexFile;
  }
  const fault = fileNameFault(settings.fileNamePrefix + path);
  if (fault !== undefined) return { kind: "bad-request", detail: fault };
  const canonical = canonicalPath(path);
  const isCanonical =
    raw.query === "" && !isLink && canonical.length === raw.path.length + 1 && canonical.endsWith(raw.path);
  return { kind: "target", path, canonicalPath: canonical, isCanonical, linkedBucket, query: raw.query };
}
