import { addVersion, type Bucket, type FileVersion, hideMarker, newestVersion, removeVersion } from "./bucket.ts";
import { bucketOf, type Call, requireRights, textOf } from "./call.ts";
import { describeEncryption } from "./encryption.ts";
import { checkName } from "./file-names.ts";
import { B2Problem, badRequest, notFound } from "./problem.ts";
import type { World } from "./world.ts";

/** b2_get_file_info. */
export async function getFileInfo(call: Call): Promise<object> {
  const { bucket, version } = findVersion(call.world, textOf(call, "fileId")) ?? missing(notFound("File not present"));
  requireRights(call, "readFiles", { bucketId: bucket.id, fileName: version.fileName });
  return await describeVersion(call, version);
}

/** b2_hide_file. */
export async function hideFile(call: Call): Promise<object> {
  const bucket = bucketOf(call, textOf(call, "bucketId"));
  const fileName = textOf(call, "fileName");
  checkName(fileName);
  requireRights(call, "writeFiles", { bucketId: bucket.id, fileName });
  return await describeVersion(call, await hide(call.world, bucket, fileName));
}

/** b2_delete_file_version. */
export async function deleteFileVersion(call: Call): Promise<object> {
  const { world } = call;
  const fileId = textOf(call, "fileId");
  const fileName = textOf(call, "fileName");
  const notPresent = new B2Problem(400, "file_not_present", `File not present: ${fileName} ${fileId}`);
  const { bucket, version } = findVersion(world, fileId) ?? missing(notPresent);
  requireRights(call, "deleteFiles", { bucketId: bucket.id, fileName });
  if (version.fileName !== fileName) throw notPresent;
  await deleteVersion(world, bucket, version);
  return { fileId, fileName };
}

/** Hides a file from downloads by name. Throws 400 when there is none, or it is hidden. */
export async function hide(world: World, bucket: Bucket, fileName: string): Promise<FileVersion> {
  await bucket.source?.refreshFile(fileName);
  const newest = newestVersion(bucket, fileName);
  if (newest === undefined) throw new B2Problem(400, "no_such_file", `File not present: ${fileName}`);
  if (newest.action === "hide") throw new B2Problem(400, "already_hidden", "File already hidden");
  const marker = hideMarker(bucket, fileName, world.now());
  addVersion(bucket, marker);
  world.events.emit(bucket, "b2:HideMarkerCreated:Hide", marker);
  return marker;
}

/** Deletes one version, or cancels an unfinished large file. */
export async function deleteVersion(world: World, bucket: Bucket, version: FileVersion): Promise<void> {
  const isNewest = newestVersion(bucket, version.fileName) === version;
  removeVersion(bucket, version);
  if (version.action === "start") return world.largeFiles.forget(version.fileId);
  if (isNewest && version.action === "upload") await bucket.source?.remove(version.fileName);
  world.events.emit(bucket, "b2:ObjectDeleted:Delete", version);
}

/** What the API tells of a version. */
export async function describeVersion(
  call: Pick<Call, "world" | "key"> & { apiVersion?: number },
  entry: FileVersion,
): Promise<object> {
  const { world, key } = call;
  const { action, content } = entry;
  // What a key may not read is null, and said to be so. Nothing here is locked.
  const locked = (capability: string, value: object | null) => {
    const isClientAuthorizedToRead = key.capabilities.includes(capability);
    return { isClientAuthorizedToRead, value: isClientAuthorizedToRead ? value : null };
  };
  return {
    accountId: world.accountId,
    action,
    bucketId: entry.bucketId,
    contentLength: content.size,
    contentMd5: null,
    contentSha1: action === "upload" ? await content.sha1() : "none",
    contentType: entry.contentType,
    fileId: entry.fileId,
    fileInfo: entry.info,
    fileName: entry.fileName,
    fileRetention: locked("readFileRetentions", { mode: null, retainUntilTimestamp: null }),
    legalHold: locked("readFileLegalHolds", null),
    replicationStatus: null,
    serverSideEncryption: describeEncryption(entry.encryption),
    // Older clients read it instead of contentLength.
    ...(call.apiVersion === 1 && { size: content.size }),
    uploadTimestamp: entry.uploadTimestamp,
  };
}

/** The version of an id, in whatever bucket it is. */
export function findVersion(world: World, fileId: string): { bucket: Bucket; version: FileVersion } | undefined {
  for (const bucket of world.buckets) {
    // The bucket's id is part of the file's.
    if (!fileId.startsWith(`4_z${bucket.id}_`)) continue;
    for (const versions of bucket.files.values()) {
      const version = versions.find((each) => each.fileId === fileId);
      if (version !== undefined) return { bucket, version };
    }
  }
  return undefined;
}

function missing(problem: B2Problem): never {
  throw problem;
}

/** The large file of an id that is not finished. Throws 400. */
export function findUnfinished(world: World, fileId: string): { bucket: Bucket; version: FileVersion } {
  const found = findVersion(world, fileId);
  if (found?.version.action !== "start") throw badRequest(`No active upload for: ${fileId}`);
  return found;
}
