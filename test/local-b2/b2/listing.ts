import { type FileVersion, sortedNames } from "./bucket.ts";
import { bucketOf, type Call, numberOf, optionalTextOf, requireRights, textOf } from "./call.ts";
import { compareNames } from "./file-names.ts";
import { describeVersion, findUnfinished } from "./files.ts";

const MOST_FILES = 10_000;

/** A version, or the name of a folder. */
type Entry = FileVersion | string;

/** b2_list_file_names: the newest version of each, without hidden ones; with a delimiter, folders as one entry. */
export async function listFileNames(call: Call): Promise<object> {
  const { entries, most } = await listing(call, (versions) =>
    versions
      .filter(({ action }) => action !== "start")
      .slice(0, 1)
      .filter(({ action }) => action === "upload"),
  );
  return { files: await describeAll(call, entries.slice(0, most)), nextFileName: nameOf(entries[most]) };
}

/** b2_list_file_versions: every version, hide markers and unfinished large files too. */
export async function listFileVersions(call: Call): Promise<object> {
  const { entries, most } = await listing(call, (versions) => versions);
  const startFileId = optionalTextOf(call, "startFileId");
  const from =
    startFileId === undefined
      ? 0
      : Math.max(
          0,
          entries.findIndex((entry) => idOf(entry) === startFileId),
        );
  const next = entries[from + most];
  return {
    files: await describeAll(call, entries.slice(from, from + most)),
    nextFileName: nameOf(next),
    nextFileId: idOf(next),
  };
}

/** b2_list_unfinished_large_files, oldest first. */
export async function listUnfinishedLargeFiles(call: Call): Promise<object> {
  const bucket = bucketOf(call, textOf(call, "bucketId"));
  const prefix = optionalTextOf(call, "namePrefix") ?? "";
  requireRights(call, "listFiles", { bucketId: bucket.id, fileName: prefix });
  const most = numberOf(call, "maxFileCount", { least: 1, most: 100, fallback: 100 });
  const start = optionalTextOf(call, "startFileId") ?? "";
  const unfinished = [...bucket.files.values()]
    .flat()
    .filter(({ action, fileName, fileId }) => action === "start" && fileName.startsWith(prefix) && fileId >= start)
    .sort((one, other) => (one.fileId < other.fileId ? -1 : 1));
  return { files: await describeAll(call, unfinished.slice(0, most)), nextFileId: idOf(unfinished[most]) };
}

/** b2_list_parts. */
export function listParts(call: Call): object {
  const fileId = textOf(call, "fileId");
  const { bucket, version } = findUnfinished(call.world, fileId);
  requireRights(call, "writeFiles", { bucketId: bucket.id, fileName: version.fileName });
  const start = numberOf(call, "startPartNumber", { least: 0, most: 10_000, fallback: 1 });
  const most = numberOf(call, "maxPartCount", { least: 1, most: 10_000, fallback: 100 });
  const parts = call.world.largeFiles.describeParts(version).filter(({ partNumber }) => partNumber >= start);
  return { parts: parts.slice(0, most), nextPartNumber: parts[most]?.partNumber ?? null };
}

async function listing(call: Call, visible: (versions: FileVersion[]) => FileVersion[]) {
  const bucket = bucketOf(call, textOf(call, "bucketId"));
  const prefix = optionalTextOf(call, "prefix") ?? "";
  requireRights(call, "listFiles", { bucketId: bucket.id, fileName: prefix });
  const delimiter = optionalTextOf(call, "delimiter") ?? "";
  const start = optionalTextOf(call, "startFileName") ?? "";
  const most = numberOf(call, "maxFileCount", { least: 1, most: MOST_FILES, fallback: 100 });
  await bucket.source?.refresh();
  const entries: Entry[] = [];
  for (const name of sortedNames(bucket)) {
    if (!name.startsWith(prefix)) continue;
    const end = delimiter === "" ? -1 : name.indexOf(delimiter, prefix.length);
    const folder = end === -1 ? undefined : name.slice(0, end + delimiter.length);
    if ((folder !== undefined && entries.at(-1) === folder) || compareNames(folder ?? name, start) < 0) continue;
    const versions = visible(bucket.files.get(name) ?? []);
    if (folder === undefined) entries.push(...versions);
    else if (versions.length > 0) entries.push(folder);
  }
  return { entries, most };
}

async function describeAll(call: Call, entries: Entry[]): Promise<object[]> {
  return await Promise.all(
    entries.map((entry) => (typeof entry === "string" ? describeFolder(call, entry) : describeVersion(call, entry))),
  );
}

function describeFolder(call: Call, fileName: string): object {
  return {
    accountId: call.world.accountId,
    action: "folder",
    bucketId: textOf(call, "bucketId"),
    contentLength: 0,
    contentMd5: null,
    contentSha1: null,
    contentType: null,
    fileId: null,
    fileInfo: {},
    fileName,
    ...(call.apiVersion === 1 && { size: 0 }),
    uploadTimestamp: 0,
  };
}

function nameOf(entry: Entry | undefined): string | null {
  return typeof entry === "string" ? entry : (entry?.fileName ?? null);
}

function idOf(entry: Entry | undefined): string | null {
  return typeof entry === "object" ? entry.fileId : null;
}
