import { type Content, contentOfBytes } from "./content.ts";
import { type Encryption, NOT_ENCRYPTED } from "./encryption.ts";
import { checkFileInfo } from "./fields.ts";
import { checkName, compareNames, contentTypeOf } from "./file-names.ts";
import type { NotificationRule } from "./notification-rules.ts";

/** One version of a file, the marker that hides it, or a large file that is not finished. */
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
  encryption: Encryption;
}

export interface Bucket {
  id: string;
  name: string;
  isPublic: boolean;
  /** 1, and one more with each change of its settings. */
  revision: number;
  /** The owner's own; `Cache-Control` is that of each file without one of its own. */
  info: Record<string, string>;
  corsRules: object[];
  lifecycleRules: object[];
  /** Of uploads that do not say. */
  defaultEncryption: Encryption;
  notificationRules: NotificationRule[];
  /** By name; newest first. */
  files: Map<string, FileVersion[]>;
  /** Where files come from besides uploads, such as a folder. */
  source?: FileSource;
}

/** Looked at before every answer that tells of a bucket's files, so that they are those of this moment. */
export interface FileSource {
  /** Before a list. */
  refresh(): Promise<void>;
  /** Before one file is told of. */
  refreshFile(fileName: string): Promise<void>;
  /** A client has uploaded it; it is not in the bucket yet. */
  keep(version: FileVersion): Promise<void>;
  /** A client has deleted the newest upload of this name. */
  remove(fileName: string): Promise<void>;
}

export interface NewVersion {
  fileName: string;
  contentType: string;
  info: Record<string, string>;
  content: Content;
  action?: "upload" | "start";
  encryption?: Encryption | undefined;
  /** ms since the epoch. */
  uploadTimestamp: number;
}

/** A version for a bucket; `b2/x-auto` becomes the type of the name's ending. Throws 400 for what B2 does not take. */
export function newVersion(
  bucket: Bucket,
  { contentType, action = "upload", encryption, ...file }: NewVersion,
): FileVersion {
  checkName(file.fileName);
  checkFileInfo(file.info);
  return {
    ...file,
    action,
    contentType: contentTypeOf(contentType, file.fileName),
    bucketId: bucket.id,
    fileId: newFileId(bucket.id, file.uploadTimestamp),
    encryption: encryption ?? bucket.defaultEncryption,
  };
}

/** The marker that hides the versions before it. */
export function hideMarker(bucket: Bucket, fileName: string, uploadTimestamp: number): FileVersion {
  return {
    action: "hide",
    fileId: newFileId(bucket.id, uploadTimestamp),
    fileName,
    bucketId: bucket.id,
    contentType: "application/x-bz-hide-marker",
    info: {},
    uploadTimestamp,
    content: contentOfBytes(new Uint8Array()),
    encryption: NOT_ENCRYPTED,
  };
}

/** What stands in the place of a name: its newest upload, or the marker that hides it. */
export function newestVersion(bucket: Bucket, name: string): FileVersion | undefined {
  return bucket.files.get(name)?.find(({ action }) => action !== "start");
}

/** The names of a bucket in B2's order, while none comes or goes. */
const sorted = new WeakMap<Bucket, string[]>();

/** Puts a version before the others of its name. */
export function addVersion(bucket: Bucket, version: FileVersion): void {
  const before = bucket.files.get(version.fileName);
  if (before === undefined) sorted.delete(bucket);
  bucket.files.set(version.fileName, [version, ...(before ?? [])]);
}

/** Takes one version away; the name goes with the last one. */
export function removeVersion(bucket: Bucket, version: FileVersion): void {
  const left = (bucket.files.get(version.fileName) ?? []).filter((each) => each !== version);
  if (left.length > 0) return void bucket.files.set(version.fileName, left);
  bucket.files.delete(version.fileName);
  sorted.delete(bucket);
}

/** Every name of a bucket, in B2's order. */
export function sortedNames(bucket: Bucket): string[] {
  const names = sorted.get(bucket) ?? [...bucket.files.keys()].sort(compareNames);
  sorted.set(bucket, names);
  return names;
}

let lastFile = 0;

/** In the form of B2's file ids, which have bucket and time in them. */
function newFileId(bucketId: string, now: number): string {
  lastFile += 1;
  const [date = "", time = ""] = new Date(now)
    .toISOString()
    .replace(/[-:]|\..*/g, "")
    .split("T");
  return `4_z${bucketId}_f1${lastFile.toString(16).padStart(15, "0")}_d${date}_m${time}_c001_v0001000_t0001`;
}

let lastBucket = 0;

/** An empty bucket with an id of its own. */
export function newBucket(name: string, isPublic: boolean): Bucket {
  lastBucket += 1;
  return {
    id: `e73ede9969c64a8ccc${lastBucket.toString(16).padStart(6, "0")}`,
    name,
    isPublic,
    revision: 1,
    info: {},
    corsRules: [],
    lifecycleRules: [],
    defaultEncryption: NOT_ENCRYPTED,
    notificationRules: [],
    files: new Map(),
  };
}
