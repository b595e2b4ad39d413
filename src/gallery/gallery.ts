import type { FolderLink } from "../access/decide-folder-access.ts";
import { isListed } from "../access/listed-prefix.ts";
import { withQuery } from "../access/signed-url.ts";
import { addressOf, type BucketPlace } from "../address.ts";
import type { FolderLinks } from "./folder-links.ts";
import type { FolderListing, ShownFile } from "./folder-listing.ts";
import { formatGalleryQuery } from "./gallery-query.ts";

/** A folder that leads to the one that is shown, or that one. */
export interface Crumb {
  name: string;
  /** undefined where the visitor may not look. */
  href: string | undefined;
}

/** What the page of the owner says of an entry beside what all pages say. */
export interface OwnerNote {
  /** What visitors cannot do with it, in a word. */
  marks: string[];
  /** The address to give away; undefined: none opens it. */
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
  /** For what a browser can show as an image. */
  thumbnail: string | undefined;
  bytes: number;
  contentType: string | undefined;
  /** ms since the epoch. */
  uploadedAt: number;
}

/** All that a page of a folder says, with every address in it. */
export interface Gallery {
  /** From the topmost folder down to this one, which comes last. */
  crumbs: Crumb[];
  folders: GalleryFolder[];
  files: GalleryFile[];
  /** The next page. */
  next: string | undefined;
  /** The first page, on every other one. */
  first: string | undefined;
  /** When the link that opened it ends, in ms since the epoch. */
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

/** The top of everything has no name that visitors know. */
const TOP = "Gallery";

/** What a page of a folder says. */
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

/** What a page says of a file. */
export async function fileOf(file: ShownFile, links: FolderLinks): Promise<GalleryFile> {
  const { name, bytes, contentType, uploadedAt } = file;
  const [href, thumbnail] = [await links.toFile(file), await links.toThumbnail(file)];
  return { name, href, thumbnail, bytes, contentType, uploadedAt };
}

/** A signed link opens no folder above its own: those are named, as the address names them, and not linked. */
function crumbsOf({ folder, bucket, link, listedPrefixes }: GalleryParts): Crumb[] {
  const paths = foldersDownTo(folder);
  if (folder !== "" && !listedPrefixes.includes("")) paths.shift();
  return paths.map((path) => ({
    name: folderName(path) ?? TOP,
    href: link === undefined && path !== folder && isListed(path, listedPrefixes) ? addressOf(path, bucket) : undefined,
  }));
}

/** The paths of all folders from the top, "", down to one, each with a slash at its end. */
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
