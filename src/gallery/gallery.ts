import type { FolderLink } from "../access/decide-folder-access.ts";
import { isListed } from "../access/listed-prefix.ts";
import { withQuery } from "../access/signed-url.ts";
import { addressOf, type BucketPlace } from "../address.ts";
import type { FolderLinks } from "./folder-links.ts";
import type { FolderListing, ShownFile } from "./folder-listing.ts";
import { formatGalleryQuery } from "./gallery-query.ts";

/** The shown folder, or one of those above it. */
export interface Crumb {
  name: string;
  /** undefined where the visitor may not look. */
  href: string | undefined;
}

/** The part of an entry that only the owner's page shows. */
export interface OwnerNote {
  /** Words such as `private` and `hidden`. */
  marks: string[];
  /** The address to share; undefined when no address opens it. */
  share: string | undefined;
  /** The address to purge; undefined for a folder. */
  purge: string | undefined;
}

export interface GalleryFolder {
  name: string;
  href: string;
  note?: OwnerNote;
}

export interface GalleryFile {
  name: string;
  href: string;
  note?: OwnerNote;
  /** The address of the thumbnail; undefined for a file that browsers do not show as an image. */
  thumbnail: string | undefined;
  bytes: number;
  contentType: string | undefined;
  /** ms since the epoch. */
  uploadedAt: number;
}

/** The content of a folder's page, with every address on it. */
export interface Gallery {
  /** From the topmost folder down to the shown one, which comes last. */
  crumbs: Crumb[];
  folders: GalleryFolder[];
  files: GalleryFile[];
  /** The address of the next page. */
  next: string | undefined;
  /** The address of the first page; undefined on the first page itself. */
  first: string | undefined;
  /** When the signed link that opened the page expires, in ms since the epoch. */
  endsAt: number | undefined;
}

export interface GalleryParts {
  /** The path of the folder in the bucket, "" or with a slash at its end. */
  folder: string;
  bucket: BucketPlace;
  listing: FolderListing;
  links: FolderLinks;
  link: FolderLink | undefined;
  /** The folders that everybody may look at. */
  listedPrefixes: readonly string[];
  after: string | undefined;
  asJson: boolean;
}

/** The title of the top folder, which has no name of its own. */
const TOP = "Gallery";

/** Makes the content of a folder's page for visitors. */
export async function createGallery(parts: GalleryParts): Promise<Gallery> {
  const { listing, links, link, after } = parts;
  const here = await links.toFolder("");
  const files: GalleryFile[] = [];
  const folders: GalleryFolder[] = [];
  for (const entry of listing.entries) {
    if (entry.kind === "file") files.push(await fileOf(entry, links));
    else folders.push({ name: entry.name.slice(0, -1), href: await links.toFolder(entry.name) });
  }
  return {
    crumbs: crumbsOf(parts),
    folders,
    files,
    next: listing.next === null ? undefined : pageAddress(here, listing.next, parts),
    first: after === undefined ? undefined : pageAddress(here, undefined, parts),
    endsAt: link === undefined ? undefined : link.expiresAtSeconds * 1000,
  };
}

/** Makes the entry of a file on a page. */
export async function fileOf(file: ShownFile, links: FolderLinks): Promise<GalleryFile> {
  const { name, bytes, contentType, uploadedAt } = file;
  const [href, thumbnail] = [await links.toFile(file), await links.toThumbnail(file)];
  return { name, href, thumbnail, bytes, contentType, uploadedAt };
}

/** The folders above. A signed link does not open them, so they are then named but not linked. */
function crumbsOf({ folder, bucket, link, listedPrefixes }: GalleryParts): Crumb[] {
  const paths = foldersDownTo(folder);
  if (folder !== "" && !listedPrefixes.includes("")) paths.shift();
  return paths.map((path) => ({
    name: folderName(path) ?? TOP,
    href: link === undefined && path !== folder && isListed(path, listedPrefixes) ? addressOf(path, bucket) : undefined,
  }));
}

/** The paths of all folders from the top, "", down to this one. All others end with a slash. */
export function foldersDownTo(folder: string): string[] {
  const segments = folder.split("/").slice(0, -1);
  return ["", ...segments.map((_, index) => `${segments.slice(0, index + 1).join("/")}/`)];
}

/** The last segment of a folder's path; undefined for the top. */
export function folderName(path: string): string | undefined {
  return path.split("/").at(-2);
}

function pageAddress(here: string, after: string | undefined, { asJson }: GalleryParts): string {
  return withQuery(here, formatGalleryQuery({ after, asJson }));
}
