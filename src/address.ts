import { canonicalPath, fileNameFault, readPath } from "./b2/file-name.ts";

/** The beginning of a path in the form of B2's own links, `/file/{bucket}/{path}`. */
const LINKED = /^file\/([^/]+)\//;

/** The bucket that a URL path names, if it has the form of B2's own links. `rawPath` has no leading slash. */
export function linkedBucketOf(rawPath: string): string | undefined {
  return rawPath.startsWith("file/") ? LINKED.exec(rawPath)?.[1] : undefined;
}

/** The bucket's name, and the prefix of the file names that are served. */
export interface BucketPlace {
  bucketName: string;
  fileNamePrefix: string;
}

/**
 * The URL path, with its leading slash, at which a file or folder is served; a folder's also ends with a slash. Undefined
 * for a name that B2 accepts but no URL of this Worker can ask for.
 */
export function addressOf(path: string, { bucketName, fileNamePrefix }: BucketPlace): string | undefined {
  // Routes under `/-/` are the Worker's own.
  if (!path.isWellFormed() || path === "-" || path.startsWith("-/")) return undefined;
  const canonical = canonicalPath(path);
  const reading = readPath(canonical.slice(1));
  const fileName = fileNamePrefix + (path.endsWith("/") ? path.slice(0, -1) : path);
  if (reading.kind === "bad" || fileNameFault(fileName) !== undefined) return undefined;
  // A path below a folder named `file` looks like B2's own form, so it must be written in that form, where a plus is a space.
  return LINKED.test(path) ? `/file/${bucketName}${canonical.replaceAll("+", "%2B")}` : canonical;
}
