import { addressOf, type BucketPlace } from "../address.ts";
import { fileNameFault } from "../b2/file-name.ts";
import type { ListedEntry, ListedPage } from "../b2/list-files.ts";
import type { Lister, ListResult } from "./lister.ts";

const PAGE_ENTRIES = 200;
/** Names that are not shown may fill a page: then B2 is asked again, for as many as it sends for the price of one call. */
const MOST_ENTRIES = 1000;
const MOST_CALLS = 3;
/** B2's web page makes a folder by putting this file into it. */
const FOLDER_MARKER = ".bzEmpty";

/** Where an entry is; the path and the name of a folder end with a slash. */
export interface EntryPlace {
  /** Its path in the bucket. */
  path: string;
  /** Its name in the folder. */
  name: string;
  /** The URL path at which this Worker serves it; undefined: it cannot. */
  address: string | undefined;
}

export interface FolderRequest<T> {
  list: Lister;
  bucket: BucketPlace & { bucketId: string };
  /** The path of the folder, "" or with a slash at its end. */
  folder: string;
  /** The name within the folder that the page begins behind; undefined for the first page. */
  after: string | undefined;
  /** Whether files that are hidden in B2, or by a dot in front of their names, may be shown. */
  withHidden: boolean;
  /** What is shown of an entry; undefined for nothing. */
  show: (entry: ListedEntry, place: EntryPlace) => T | undefined;
  ray: string | undefined;
}

/** One page of a folder, in B2's order. */
export interface FolderPage<T> {
  kind: "listing";
  entries: T[];
  /** The name that the next page begins behind; null at the end. */
  next: string | null;
  /** Whether there is such a folder, though perhaps with nothing to show. */
  exists: boolean;
}

/** One page of a folder, with one call of B2 unless names that are not shown fill it. Throws `B2Error`. */
export async function listFolder<T extends { name: string }>(
  asked: FolderRequest<T>,
): Promise<FolderPage<T> | Exclude<ListResult, { kind: "page" }>> {
  const { list, bucket, folder, after, withHidden, ray } = asked;
  const { bucketId, fileNamePrefix } = bucket;
  const prefix = fileNamePrefix + folder;
  const shown: T[] = [];
  let exists = false;
  let start: string | null = after === undefined ? "" : behind(prefix, after);
  for (let calls = 0; calls < MOST_CALLS && start !== null && shown.length < PAGE_ENTRIES; calls += 1) {
    const count = calls === 0 && !withHidden ? PAGE_ENTRIES : MOST_ENTRIES;
    const page = await list({ bucketId, prefix, startFileName: start, count, withHidden, ray });
    if (page.kind !== "page") return page;
    exists ||= page.entries.some(({ name }) => name === prefix + FOLDER_MARKER);
    shown.push(...page.entries.flatMap((entry) => shownOf(entry, asked)));
    start = nextStart(page, { prefix, withHidden });
  }
  const entries = shown.slice(0, PAGE_ENTRIES);
  const hasMore = start !== null || shown.length > PAGE_ENTRIES;
  const next = hasMore ? (entries.at(-1)?.name ?? null) : null;
  return { kind: "listing", entries, next, exists: exists || entries.length > 0 };
}

function shownOf<T>(entry: ListedEntry, { bucket, folder, after, show }: FolderRequest<T>): T[] {
  const path = entry.name.slice(bucket.fileNamePrefix.length);
  const name = path.slice(folder.length);
  // A prefix without a slash at its end may be the whole name of a file.
  if (name === "" || name === after) return [];
  const shown = show(entry, { path, name, address: addressOf(path, bucket) });
  return shown === undefined ? [] : [shown];
}

function nextStart(
  { entries, nextFileName }: ListedPage,
  { prefix, withHidden }: { prefix: string; withHidden: boolean },
): string | null {
  if (nextFileName === null) return null;
  // More versions of the last name are no more names.
  if (nextFileName === entries.at(-1)?.name) return behind(prefix, nextFileName.slice(prefix.length));
  return withHidden ? nextFileName : behindHidden(prefix, nextFileName);
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
