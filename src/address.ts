import { canonicalPath, fileNameFault, readPath } from "./b2/file-name.ts";

/** The form of B2's own links, `/file/{bucket}/{path}`: what the path begins with. */
const LINKED = /^file\/([^/]+)\//;

/** The bucket that a raw URL path names, without its leading slash, when it has the form of B2's own links. */
export function linkedBucketOf(rawPath: string): string | undefined {
  return rawPath.startsWith("file/") ? LINKED.exec(rawPath)?.[1] : undefined;
}

/** The bucket as its settings and its token tell it. */
export interface BucketPlace {
  bucketName: string;
  fileNamePrefix: string;
}

/**
 * The URL path under which a path of the bucket is served, with its leading slash; a folder's ends with one. Undefined
 * for a name that B2 may have and no URL here can ask for.
 */
export function addressOf(path: string, { bucketName, fileNamePrefix }: BucketPlace): string | undefined {
  // Everything under `/-/` is the Worker's own.
  if (!path.isWellFormed() || path === "-" || path.startsWith("-/")) return undefined;
  const canonical = canonicalPath(path);
  const reading = readPath(canonical.slice(1));
  const fileName = fileNamePrefix + (path.endsWith("/") ? path.slice(0, -1) : path);
  if (reading.kind === "bad" || fileNameFault(fileName) !== undefined) return undefined;
  // A folder named `file` looks like B2's own form: its files need that form, where a plus is a space.
  return LINKED.test(path) ? `/file/${bucketName}${canonical.replaceAll("+", "%2B")}` : canonical;
}
