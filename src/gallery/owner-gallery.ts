import type { FolderLink } from "../access/decide-folder-access.ts";
import { isHidden, isListed } from "../access/listed-prefix.ts";
import { isPrivate } from "../access/private-prefix.ts";
import type { Signer } from "../access/signed-url.ts";
import { addressOf, type BucketPlace } from "../address.ts";
import type { ListedEntry } from "../b2/list-files.ts";
import type { Settings } from "../settings.ts";
import { createFolderLinks, type FolderLinks } from "./folder-links.ts";
import { fileOf, folderName, foldersDownTo, type Gallery, type GalleryFile, type GalleryFolder } from "./gallery.ts";

/** An entry of the owner's listing: with its name in the folder, and the URL path at which it is served, if there is one. */
export type OwnedEntry = ListedEntry & { address: string | undefined };

/** An entry of the folder that no visitor can get, and the reason. */
export interface Unserved {
  name: string;
  why: string;
}

/** The part of a folder's page that only the owner gets. */
export interface OwnerView {
  /** The path of the folder in the bucket, "" or with a slash at its end. */
  folder: string;
  /** The prefix in the bucket under which files are served; "" when all are. */
  fileNamePrefix: string;
  /** The folder's address to share; undefined when no address opens it. */
  share: string | undefined;
  /** The beginning of all addresses in the folder, to purge them; undefined for the top, and for a folder without an address. */
  purge: string | undefined;
  /** How long signed links are valid; undefined: there is no key to sign with. */
  life: Life | undefined;
  unserved: Unserved[];
}

/** A choice of how long a signed link is valid. */
export interface Life {
  id: string;
  label: string;
  seconds: number;
}

/** The choices that an owner has. The first one is the default. */
export const LIVES: readonly [Life, ...Life[]] = [
  { id: "1h", label: "1 hour", seconds: 3_600 },
  { id: "1d", label: "1 day", seconds: 86_400 },
  { id: "7d", label: "7 days", seconds: 7 * 86_400 },
  { id: "14d", label: "14 days", seconds: 14 * 86_400 },
  { id: "30d", label: "30 days", seconds: 30 * 86_400 },
];

/** One page of a folder as B2 lists it, and what is needed to link to it. */
export interface OwnerGalleryParts {
  settings: Settings;
  sign: Signer;
  bucketName: string;
  folder: string;
  entries: OwnedEntry[];
  next: string | null;
  after: string | undefined;
  life: Life;
  /** ms since the epoch. */
  now: number;
}

/** Makes the page of a folder for the owner. Every link on it opens: those to private places are signed. */
export async function createOwnerGallery(parts: OwnerGalleryParts): Promise<Gallery & { owner: OwnerView }> {
  const { settings, folder, next, after, life } = parts;
  const hasKeys = settings.signingKeys.length > 0;
  const links = linksOf(parts);
  const folders: GalleryFolder[] = [];
  const files: GalleryFile[] = [];
  const unserved: Unserved[] = [];
  for (const entry of parts.entries) {
    const { name, address } = entry;
    if (entry.kind === "folder") folders.push(await ownedFolder(name, parts, links));
    else if (entry.kind === "hidden") unserved.push({ name, why: "hidden in B2: visitors get 404" });
    else if (address === undefined) unserved.push({ name, why: "no address leads to this name" });
    else files.push({ ...(await fileOf(entry, links)), note: await fileNote(entry, { parts, links, address }) });
  }
  return {
    crumbs: foldersDownTo(folder).map((path) => ({ name: folderName(path) ?? "Files", href: pageOf(path, parts) })),
    folders,
    files,
    next: next === null ? undefined : pageOf(folder, parts, next),
    first: after === undefined ? undefined : pageOf(folder, parts),
    endsAt: undefined,
    owner: {
      folder,
      fileNamePrefix: settings.fileNamePrefix,
      share: await shareOf("", parts, links),
      purge: folder === "" ? undefined : addressOf(folder, placeOf(parts)),
      life: hasKeys ? life : undefined,
      unserved,
    },
  };
}

/** Links that are signed where visitors need that: private files, private folders, and folders that are not listed. */
function linksOf(parts: OwnerGalleryParts): FolderLinks {
  const { settings, sign, folder, life, now } = parts;
  const [key] = settings.signingKeys;
  const expiresAtSeconds = Math.floor(now / 1000) + life.seconds;
  const link: FolderLink | undefined = key === undefined ? undefined : { expiresAtSeconds, keyId: key.id };
  return createFolderLinks({
    bucket: placeOf(parts),
    folder,
    versionParameter: settings.versionParameter,
    presets: settings.presets,
    linkFor: (path) => (isOpen(path, settings) ? undefined : link),
    sign,
  });
}

/** Whether everybody may get this file, or look at this folder. */
function isOpen(path: string, settings: Settings): boolean {
  const isFolder = path === "" || path.endsWith("/");
  return !isPrivate(path, settings) && (!isFolder || isListed(path, settings.listedPrefixes));
}

async function ownedFolder(name: string, parts: OwnerGalleryParts, links: FolderLinks): Promise<GalleryFolder> {
  const path = parts.folder + name;
  const note = { marks: marksOf(path, parts), share: await shareOf(name, parts, links), purge: undefined };
  return { name: name.slice(0, -1), href: pageOf(path, parts), note };
}

async function fileNote(
  entry: Extract<OwnedEntry, { kind: "file" }>,
  { parts, links, address }: { parts: OwnerGalleryParts; links: FolderLinks; address: string },
) {
  return { marks: marksOf(parts.folder + entry.name, parts), share: await links.toFile(entry), purge: address };
}

/** The address to share for a file or folder. Without signing keys there is none for a private one or an unlisted folder. */
async function shareOf(name: string, parts: OwnerGalleryParts, links: FolderLinks): Promise<string | undefined> {
  const { settings, folder } = parts;
  const path = folder + name;
  if (addressOf(path, placeOf(parts)) === undefined) return undefined;
  return isOpen(path, settings) || settings.signingKeys.length > 0 ? await links.toFolder(name) : undefined;
}

function placeOf({ bucketName, settings }: OwnerGalleryParts): BucketPlace {
  return { bucketName, fileNamePrefix: settings.fileNamePrefix };
}

function marksOf(path: string, { settings, folder }: OwnerGalleryParts): string[] {
  const marks = isPrivate(path, settings) ? ["private"] : [];
  return isHidden(path.slice(folder.length)) ? [...marks, "hidden"] : marks;
}

/** The address of the owner's own page of a folder. */
function pageOf(folder: string, { life }: OwnerGalleryParts, after?: string): string {
  const query = new URLSearchParams({ prefix: folder });
  if (life.id !== LIVES[0].id) query.set("life", life.id);
  if (after !== undefined) query.set("after", after);
  return `/-/files?${query}`;
}
