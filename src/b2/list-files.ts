import * as v from "valibot";
import type { Account } from "./api.ts";
import { call } from "./call.ts";

/** A file in B2's list: its newest version. */
export interface ListedFile {
  kind: "file";
  /** The whole name in the bucket. */
  name: string;
  bytes: number;
  /** undefined: B2 does not state it. */
  contentType: string | undefined;
  /** 40 hex digits; undefined when B2 does not know it, as for large files. */
  sha1: string | undefined;
  /** ms since the epoch. */
  uploadedAt: number;
}

/** A folder with files in it. Its name is the whole name in the bucket, with a slash at its end. */
export interface ListedFolder {
  kind: "folder";
  name: string;
}

/** A file that was hidden: B2 keeps it, but answers 404 for it. */
export interface HiddenFile {
  kind: "hidden";
  name: string;
}

export type ListedEntry = ListedFile | ListedFolder | HiddenFile;

/** The part of a bucket to list. */
export interface ListRequest {
  bucketId: string;
  /** The beginning of the names: the folder, with its slash. */
  prefix: string;
  /** The first name that may be listed; "" for the first of all. */
  startFileName: string;
  /** The most entries. B2 charges one call for each 1,000. */
  count: number;
  /** Whether hidden files are listed too. Then B2 counts every version of a file as an entry. */
  withHidden: boolean;
  /** How long the answer may take, in ms. */
  timeoutMs: number;
  /** Whether to list the files in all folders below, in place of the folders. */
  isDeep?: boolean;
}

/** One page of a folder, in B2's order. */
export interface ListedPage {
  entries: ListedEntry[];
  /** The name that the next page starts with; null on the last page. It may be that of a hidden file, or of none. */
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
 * Calls b2_list_file_names, or b2_list_file_versions for hidden files: the files of one folder, with one entry for each
 * folder in it unless `isDeep`. Needs `listFiles`. Throws `B2Error`.
 * Sources: https://www.backblaze.com/apidocs/b2-list-file-names, https://www.backblaze.com/apidocs/b2-list-file-versions
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
  // Large files that are not complete yet are left out. Of the versions of a name, the newest comes first.
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
