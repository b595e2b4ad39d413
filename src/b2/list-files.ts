import * as v from "valibot";
import type { Account } from "./api.ts";
import { call } from "./call.ts";

/** A file of the bucket, as B2 lists it: its newest version. */
export interface ListedFile {
  kind: "file";
  /** Its whole name in the bucket. */
  name: string;
  bytes: number;
  /** undefined: B2 does not say. */
  contentType: string | undefined;
  /** 40 hex digits; undefined for a large file, whose SHA-1 B2 does not know. */
  sha1: string | undefined;
  /** ms since the epoch. */
  uploadedAt: number;
}

/** A folder that holds files: its whole name in the bucket, with a slash at the end. */
export interface ListedFolder {
  kind: "folder";
  name: string;
}

/** A file that somebody has hidden: B2 answers 404 for it, and keeps what it was. */
export interface HiddenFile {
  kind: "hidden";
  name: string;
}

export type ListedEntry = ListedFile | ListedFolder | HiddenFile;

export interface ListRequest {
  bucketId: string;
  /** What the names begin with: the folder, with its slash. */
  prefix: string;
  /** The first name that may be listed; "" is the first of all. */
  startFileName: string;
  /** At most so many entries. B2 counts a call as one for each 1,000. */
  count: number;
  /** Whether hidden files are listed too. Then B2 counts every version of a file as an entry. */
  withHidden: boolean;
  /** How long the answer may take. */
  timeoutMs: number;
  /** Files of folders within folders too, instead of the folders. */
  isDeep?: boolean;
}

/** One page of a folder, in B2's order. */
export interface ListedPage {
  entries: ListedEntry[];
  /** Where the next page starts; null at the end. It may name a hidden file, or none. */
  nextFileName: string | null;
}

const fileNames = v.object({
  files: v.array(
    v.object({
      action: v.string(),
      fileName: v.string(),
      contentLength: v.number(),
      contentType: v.nullish(v.string()),
      contentSha1: v.nullish(v.string()),
      uploadTimestamp: v.number(),
    }),
  ),
  nextFileName: v.nullable(v.string()),
});

type RawEntry = v.InferOutput<typeof fileNames>["files"][number];

/**
 * b2_list_file_names, or b2_list_file_versions for hidden files: the files of one folder, and its folders as one entry
 * each unless `isDeep`. Needs `listFiles`. Throws `B2Error`. Sources: https://www.backblaze.com/apidocs/b2-list-file-names,
 * https://www.backblaze.com/apidocs/b2-list-file-versions
 */
export async function listFiles(account: Account, asked: ListRequest): Promise<ListedPage> {
  const { bucketId, prefix, startFileName, count, withHidden, timeoutMs, isDeep = false } = asked;
  const { files, nextFileName } = await call(fileNames, {
    operation: withHidden ? "b2_list_file_versions" : "b2_list_file_names",
    apiUrl: account.apiUrl,
    authorization: account.accountToken,
    timeoutMs,
    body: {
      bucketId,
      prefix,
      maxFileCount: count,
      ...(!isDeep && { delimiter: "/" }),
      ...(startFileName !== "" && { startFileName }),
    },
  });
  // A large file that is not complete yet is no file. Of the versions of a name, the newest comes first.
  const complete = files.filter(({ action }) => action !== "start");
  const newest = complete.filter(({ fileName }, index) => fileName !== complete[index - 1]?.fileName);
  return { entries: newest.map(entryOf), nextFileName };
}

function entryOf({ action, fileName: name, ...file }: RawEntry): ListedEntry {
  if (action === "folder") return { kind: "folder", name };
  if (action === "hide") return { kind: "hidden", name };
  const sha1 = /^[0-9a-f]{40}$/.test(file.contentSha1 ?? "") ? (file.contentSha1 ?? undefined) : undefined;
  return {
    kind: "file",
    name,
    bytes: file.contentLength,
    contentType: file.contentType ?? undefined,
    sha1,
    uploadedAt: file.uploadTimestamp,
  };
}
