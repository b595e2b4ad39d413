import { isHidden } from "../access/listed-prefix.ts";
import { addressOf, type BucketPlace } from "../address.ts";
import { fileNameFault } from "../b2/file-name.ts";
import type { ListedEntry } from "../b2/list-files.ts";
import type { FolderListing, ShownEntry } from "./folder-listing.ts";
import type { Lister, ListResult } from "./lister.ts";

const PAGE_ENTRIES = 200;
/** Names that are not shown may fill a page: then B2 is asked again, for as many as it sends for the price of one call. */
const LATER_ENTRIES = 1000;
const MOST_CALLS = 3;
/** B2's web page makes a folder by putting this file into it. */
const FOLDER_MARKER = ".bzEmpty";

export interface FolderRequest {
  list: Lister;
  bucket: BucketPlace & { bucketId: string };
  /** The path of the folder, "" or with a slash at its end. */
  folder: string;
  /** The name within the folder that the page begins behind; undefined for the first page. */
  after: string | undefined;
  /** Whether a path of the bucket may be shown to who asks; a folder's ends with a slash. */
  mayShow: (path: string) => boolean;
  ray: string | undefined;
}

/** One page of a folder, with one call of B2 unless names that are not shown fill it. Throws `B2Error`. */
export async function listFolder(
  asked: FolderRequest,
): Promise<({ kind: "listing" } & FolderListing) | Exclude<ListResult, { kind: "page" }>> {
  const { list, bucket, folder, after, ray } = asked;
  const prefix = bucket.fileNamePrefix + folder;
  const shown: ShownEntry[] = [];
  let exists = false;
  let start: string | null = after === undefined ? "" : behind(prefix, after);
  for (let calls = 0; calls < MOST_CALLS && start !== null && shown.length < PAGE_ENTRIES; calls += 1) {
    const count = calls === 0 ? PAGE_ENTRIES : LATER_ENTRIES;
    const page = await list({ bucketId: bucket.bucketId, prefix, startFileName: start, count, ray });
    if (page.kind !== "page") return page;
    exists ||= page.entries.some(({ name }) => name === prefix + FOLDER_MARKER);
    shown.push(...page.entries.flatMap((entry) => shownEntry(entry, asked)));
    start = page.nextFileName === null ? null : behindHidden(prefix, page.nextFileName);
  }
  const entries = shown.slice(0, PAGE_ENTRIES);
  const hasMore = start !== null || shown.length > PAGE_ENTRIES;
  const next = hasMore ? (entries.at(-1)?.name ?? null) : null;
  return { kind: "listing", bucketName: bucket.bucketName, entries, next, exists: exists || entries.length > 0 };
}

/** Nothing, for a name that this Worker cannot serve, that is hidden, or that who asks may not see. */
function shownEntry(entry: ListedEntry, { bucket, folder, after, mayShow }: FolderRequest): ShownEntry[] {
  const path = entry.name.slice(bucket.fileNamePrefix.length);
  const name = path.slice(folder.length);
  // A prefix without a slash at its end may be the whole name of a file.
  if (name === "" || name === after || isHidden(name) || addressOf(path, bucket) === undefined || !mayShow(path))
    return [];
  return [{ ...entry, name }];
}

/**
 * The first name that may come behind a file, or behind all of a folder: no character that a name may have comes before
 * the space, and `0` comes right after the slash. B2 may refuse a name that is too long, so such a one starts itself.
 */
function behind(prefix: string, name: string): string {
  const next = name.endsWith("/") ? `${name.slice(0, -1)}0` : `${name} `;
  return fileNameFault(prefix + next) === undefined ? prefix + next : prefix + name;
}

/** Behind all names with a dot in front: there may be thousands, such as the `._*` files that a Mac makes. */
function behindHidden(prefix: string, fileName: string): string {
  // No name begins with the slash, the one character between the dot and `0`.
  return fileName.startsWith(`${prefix}.`) ? `${prefix}0` : fileName;
}
