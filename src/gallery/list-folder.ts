import { addressOf, type BucketPlace } from "../address.ts";
import { B2Error } from "../b2/error.ts";
import { fileNameFault } from "../b2/file-name.ts";
import type { ListedEntry, ListedPage } from "../b2/list-files.ts";
import { LIST_BUDGET_MS, type Lister, type ListResult } from "./lister.ts";

const PAGE_ENTRIES = 200;
/** When most names of a page are not shown, B2 is asked for more: as many as it gives for the price of one call. */
const MOST_ENTRIES = 1000;
const MOST_CALLS = 3;
/** B2's web interface makes a folder by uploading this file into it. */
const FOLDER_MARKER = ".bzEmpty";

/** The place of an entry. The path and the name of a folder end with a slash. */
export interface EntryPlace {
  /** Its path below the served prefix. */
  path: string;
  /** Its name in the folder. */
  name: string;
  /** The URL path at which this Worker serves it; undefined when no URL can name it. */
  address: string | undefined;
}

/** The page of a folder that is asked for, and which of its entries are shown. */
export interface FolderRequest<T> {
  list: Lister;
  bucket: BucketPlace & { bucketId: string };
  /** The path of the folder, "" or with a slash at its end. */
  folder: string;
  /** The name within the folder that the page begins after; undefined for the first page. */
  after: string | undefined;
  /** Whether hidden files are wanted: those hidden in B2, and names that begin with a dot. */
  withHidden: boolean;
  /** Makes the shown form of an entry; undefined leaves it out. */
  show: (entry: ListedEntry, place: EntryPlace) => T | undefined;
  ray: string | undefined;
}

/** One page of a folder, in B2's order. */
export interface FolderPage<T> {
  kind: "listing";
  entries: T[];
  /** The name that the next page begins after; null on the last page. */
  next: string | null;
  /** Whether the folder exists, even if nothing in it is shown. */
  exists: boolean;
}

/**
 * Lists one page of a folder. It takes one call to B2, or up to three when many names are not shown. When the time runs out
 * between them, the page has what is known by then. Throws `B2Error`.
 */
export async function listFolder<T extends { name: string }>(
  asked: FolderRequest<T>,
): Promise<FolderPage<T> | Exclude<ListResult, { kind: "page" }>> {
  const { list, bucket, folder, after, withHidden, ray } = asked;
  const { bucketId, fileNamePrefix } = bucket;
  const prefix = fileNamePrefix + folder;
  const shown: T[] = [];
  const deadline = Date.now() + LIST_BUDGET_MS;
  let exists = false;
  let start: string | null = after === undefined ? "" : behind(prefix, after);
  for (let calls = 0; calls < MOST_CALLS && start !== null && shown.length <= PAGE_ENTRIES; calls += 1) {
    const count = calls === 0 && !withHidden ? PAGE_ENTRIES + 1 : MOST_ENTRIES;
    const asking = list({ bucketId, prefix, startFileName: start, count, withHidden, deadline, ray });
    const page = await asking.catch((error: unknown) => {
      // The next page begins after the last entry, so one is needed.
      if (shown.length === 0 || !(error instanceof B2Error) || error.code !== "timeout") throw error;
      return undefined;
    });
    if (page === undefined) break;
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
  // A served prefix that does not end with a slash may be the whole name of a file.
  if (name === "" || name === after) return [];
  const shown = show(entry, { path, name, address: addressOf(path, bucket) });
  return shown === undefined ? [] : [shown];
}

function nextStart(
  { entries, nextFileName }: ListedPage,
  { prefix, withHidden }: { prefix: string; withHidden: boolean },
): string | null {
  if (nextFileName === null) return null;
  // The rest of the last file's versions is skipped.
  if (nextFileName === entries.at(-1)?.name) return behind(prefix, nextFileName.slice(prefix.length));
  return withHidden ? nextFileName : behindHidden(prefix, nextFileName);
}

/**
 * The first name that can follow a file, or everything in a folder. In B2's order the space is the first character that a
 * name may have, and `0` comes right after the slash. Where that would be too long for a name, the list begins with the name
 * itself.
 */
function behind(prefix: string, name: string): string {
  const next = name.endsWith("/") ? `${name.slice(0, -1)}0` : `${name} `;
  return fileNameFault(prefix + next) === undefined ? prefix + next : prefix + name;
}

/** Skips all names that begin with a dot. There may be thousands, such as the `._*` files of macOS. */
function behindHidden(prefix: string, fileName: string): string {
  // Only the slash comes between the dot and `0`, and no name in a folder begins with it.
  return fileName.startsWith(`${prefix}.`) ? `${prefix}0` : fileName;
}
