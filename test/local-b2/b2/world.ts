import type { Content } from "./content.ts";
import { compareNames } from "./file-names.ts";

/** One version of a file, or the marker that hides it. */
export interface FileVersion {
  action: "upload" | "hide" | "start";
  fileId: string;
  fileName: string;
  bucketId: string;
  contentType: string;
  /** What an uploader set: `X-Bz-Info-*`, and the `b2-*` ones that become fields of their own. */
  info: Record<string, string>;
  /** ms since the epoch. */
  uploadTimestamp: number;
  content: Content;
}

export interface Bucket {
  id: string;
  name: string;
  isPublic: boolean;
  /** Newest first. */
  files: Map<string, FileVersion[]>;
}

/** The application key that the local B2 knows. */
export interface ApplicationKey {
  keyId: string;
  key: string;
  capabilities: string[];
  /** undefined: every bucket. */
  bucketIds: string[] | undefined;
  namePrefix: string | null;
}

/** All that a local B2 knows. */
export interface World {
  /** Where it is reached; both its API and its downloads. */
  url: string;
  accountId: string;
  key: ApplicationKey;
  buckets: Bucket[];
  /** The clock, in ms since the epoch. */
  now: () => number;
}

export const ALL_CAPABILITIES = ["listBuckets", "listFiles", "readFiles", "shareFiles", "writeFiles", "deleteFiles"];

export function newestVersion(bucket: Bucket, name: string): FileVersion | undefined {
  return bucket.files.get(name)?.find(({ action }) => action !== "start");
}

export function addVersion(bucket: Bucket, version: FileVersion): void {
  bucket.files.set(version.fileName, [version, ...(bucket.files.get(version.fileName) ?? [])]);
}

export function sortedNames(bucket: Bucket): string[] {
  return [...bucket.files.keys()].sort(compareNames);
}

let lastFile = 0;

/** In the form of B2's file ids, which have bucket and time in them. */
export function newFileId(bucketId: string, now: number): string {
  lastFile += 1;
  const [date = "", time = ""] = new Date(now)
    .toISOString()
    .replace(/[-:]|\..*/g, "")
    .split("T");
  return `4_z${bucketId}_f1${lastFile.toString(16).padStart(15, "0")}_d${date}_m${time}_c001_v0001000_t0001`;
}

let lastBucket = 0;

export function newBucket(name: string, isPublic: boolean): Bucket {
  lastBucket += 1;
  return { id: `e73ede9969c64a8ccc${lastBucket.toString(16).padStart(6, "0")}`, name, isPublic, files: new Map() };
}
