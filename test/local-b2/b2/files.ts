import { bucketOf, type Call, numberOf, optionalTextOf, requireRights, textOf } from "./call.ts";
import { contentOfBytes } from "./content.ts";
import { checkName, compareNames } from "./file-names.ts";
import { badRequest, notFound } from "./problem.ts";
import {
  addVersion,
  type Bucket,
  type FileVersion,
  newestVersion,
  newFileId,
  sortedNames,
  type World,
} from "./world.ts";

const MOST_FILES = 10_000;

/** b2_list_file_names: the newest version of each, without hidden ones; with a delimiter, folders as one entry. */
export async function listFileNames(call: Call): Promise<object> {
  const { bucket, entries, most } = listing(
    call,
    (version) => (version.action === "upload" ? [version] : []),
    newestOnly,
  );
  const page = entries.slice(0, most);
  return {
    files: await Promise.all(page.map((entry) => describe(call, bucket, entry))),
    nextFileName: nameOf(entries[most]) ?? null,
  };
}

/** b2_list_file_versions: every version, hide markers and unfinished large files too. */
export async function listFileVersions(call: Call): Promise<object> {
  const { bucket, entries, most } = listing(call, (version) => [version], allVersions);
  const startFileId = optionalTextOf(call, "startFileId");
  const from =
    startFileId === undefined
      ? 0
      : Math.max(
          0,
          entries.findIndex((entry) => typeof entry !== "string" && entry.fileId === startFileId),
        );
  const next = entries[from + most];
  return {
    files: await Promise.all(entries.slice(from, from + most).map((entry) => describe(call, bucket, entry))),
    nextFileName: nameOf(next) ?? null,
    nextFileId: next === undefined || typeof next === "string" ? null : next.fileId,
  };
}

export async function getFileInfo(call: Call): Promise<object> {
  const { bucket, version } = findVersion(call.world, textOf(call, "fileId"));
  requireRights(call, "readFiles", { bucketId: bucket.id, fileName: version.fileName });
  return await describe(call, bucket, version);
}

export async function hideFile(call: Call): Promise<object> {
  const bucket = bucketOf(call, textOf(call, "bucketId"));
  const fileName = textOf(call, "fileName");
  checkName(fileName);
  requireRights(call, "writeFiles", { bucketId: bucket.id, fileName });
  const newest = newestVersion(bucket, fileName);
  if (newest === undefined) throw badRequest("File not present");
  if (newest.action === "hide") throw Object.assign(badRequest("File already hidden"), { code: "already_hidden" });
  const marker = hideMarker(call.world, bucket, fileName);
  addVersion(bucket, marker);
  return await describe(call, bucket, marker);
}

export function deleteFileVersion(call: Call): object {
  const fileId = textOf(call, "fileId");
  const fileName = textOf(call, "fileName");
  const { bucket, version } = findVersion(call.world, fileId);
  requireRights(call, "deleteFiles", { bucketId: bucket.id, fileName });
  if (version.fileName !== fileName) throw badRequest("File name does not match the file id");
  removeVersion(bucket, version);
  return { fileId, fileName };
}

/** What the API tells of a version. */
export async function describe(
  { world }: Pick<Call, "world">,
  bucket: Bucket,
  entry: FileVersion | string,
): Promise<object> {
  const place = { accountId: world.accountId, bucketId: bucket.id };
  if (typeof entry === "string") {
    return {
      ...place,
      action: "folder",
      contentLength: 0,
      contentMd5: null,
      contentSha1: null,
      contentType: null,
      fileId: null,
      fileInfo: {},
      fileName: entry,
      uploadTimestamp: 0,
    };
  }
  const { action, fileId, fileName, content, contentType, info, uploadTimestamp } = entry;
  const isUpload = action === "upload";
  return {
    ...place,
    action,
    contentLength: content.size,
    size: content.size,
    contentMd5: null,
    contentSha1: isUpload ? await content.sha1() : null,
    contentType: action === "hide" ? "application/x-bz-hide-marker" : contentType,
    fileId,
    fileInfo: info,
    fileName,
    uploadTimestamp,
  };
}

export function findVersion(world: World, fileId: string): { bucket: Bucket; version: FileVersion } {
  for (const bucket of world.buckets) {
    for (const versions of bucket.files.values()) {
      const version = versions.find((each) => each.fileId === fileId);
      if (version !== undefined) return { bucket, version };
    }
  }
  throw notFound("File not present");
}

export function removeVersion(bucket: Bucket, version: FileVersion): void {
  const left = (bucket.files.get(version.fileName) ?? []).filter((each) => each !== version);
  if (left.length === 0) bucket.files.delete(version.fileName);
  else bucket.files.set(version.fileName, left);
}

export function hideMarker(world: World, bucket: Bucket, fileName: string): FileVersion {
  const uploadTimestamp = world.now();
  const fileId = newFileId(bucket.id, uploadTimestamp);
  return {
    action: "hide",
    fileId,
    fileName,
    bucketId: bucket.id,
    contentType: "",
    info: {},
    uploadTimestamp,
    content: contentOfBytes(new Uint8Array()),
  };
}

type Entry = FileVersion | string;

const newestOnly = (versions: FileVersion[]) => versions.filter(({ action }) => action !== "start").slice(0, 1);
const allVersions = (versions: FileVersion[]) => versions;

function listing(
  call: Call,
  visible: (version: FileVersion) => FileVersion[],
  choose: (versions: FileVersion[]) => FileVersion[],
) {
  const bucket = bucketOf(call, textOf(call, "bucketId"));
  const prefix = optionalTextOf(call, "prefix") ?? "";
  requireRights(call, "listFiles", { bucketId: bucket.id, fileName: prefix });
  const delimiter = optionalTextOf(call, "delimiter") ?? "";
  const start = optionalTextOf(call, "startFileName") ?? "";
  const most = numberOf(call, "maxFileCount", { least: 1, most: MOST_FILES, fallback: 100 });
  const entries: Entry[] = [];
  for (const name of sortedNames(bucket).filter((each) => each.startsWith(prefix))) {
    const end = delimiter === "" ? -1 : name.indexOf(delimiter, prefix.length);
    const folder = end === -1 ? undefined : name.slice(0, end + delimiter.length);
    if (compareNames(folder ?? name, start) < 0) continue;
    const versions = choose(bucket.files.get(name) ?? []).flatMap(visible);
    if (folder === undefined) entries.push(...versions);
    else if (versions.length > 0 && entries.at(-1) !== folder) entries.push(folder);
  }
  return { bucket, entries, most };
}

function nameOf(entry: Entry | undefined): string | undefined {
  return typeof entry === "string" ? entry : entry?.fileName;
}
