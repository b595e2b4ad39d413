import type { FolderLink } from "../access/decide-folder-access.ts";
import { type Signer, withQuery } from "../access/signed-url.ts";
import { addressOf, type BucketPlace } from "../address.ts";
import { canonicalPath } from "../b2/file-name.ts";
import type { Presets } from "../preset.ts";
import type { ShownFile } from "./folder-listing.ts";
import { chooseThumbnailPreset, thumbnailOf } from "./thumbnail.ts";

/** The addresses of what a page shows, as paths with their query. */
export interface FolderLinks {
  /** Of the folder itself, or of one within it: `name` ends with a slash. */
  toFolder(name: string): Promise<string>;
  toFile(file: ShownFile): Promise<string>;
  /** Of what is drawn for a file; undefined for one that is no image. */
  toThumbnail(file: ShownFile): Promise<string | undefined>;
}

export interface FolderLinksParts {
  bucket: BucketPlace;
  /** The path of the folder in the bucket, "" or with a slash at its end. */
  folder: string;
  /** The query parameter that names the version of a file; undefined: none does. */
  versionParameter: string | undefined;
  /** Of these, one makes thumbnails. */
  presets: Presets;
  /** What the link to a path ends with, and is signed by; undefined: it needs no signature. */
  linkFor: (path: string) => FolderLink | undefined;
  sign: Signer;
}

/** Makes the links of a page: plain ones, or signed ones where they need to be. */
export function createFolderLinks(parts: FolderLinksParts): FolderLinks {
  const { bucket, folder, versionParameter, linkFor, sign } = parts;
  const thumbnailPreset = chooseThumbnailPreset(parts.presets);

  async function linkTo(path: string, { preset = "", version = "" } = {}): Promise<string> {
    const address = addressOf(path, bucket);
    // A listing has no name without one.
    if (address === undefined) throw new Error("There is no address for this name.");
    const versioned = withQuery(address, version);
    const link = linkFor(path);
    if (link === undefined) return withQuery(versioned, presetQuery(preset));
    const signed = { canonicalPath: withQuery(canonicalPath(path), version), preset };
    return withQuery(versioned, await sign({ ...signed, expiresAtSeconds: link.expiresAtSeconds }, link.keyId));
  }

  /** A replaced file gets another address at once, and each may be kept for a year. */
  function versionQuery(file: ShownFile): string {
    return versionParameter === undefined ? "" : `${versionParameter}=${versionOf(file)}`;
  }

  return {
    toFolder: (name) => linkTo(folder + name),
    toFile: (file) => linkTo(folder + file.name, { version: versionQuery(file) }),
    toThumbnail: async (file) => {
      const thumbnail = thumbnailOf(file, thumbnailPreset);
      if (thumbnail === undefined) return undefined;
      const preset = thumbnail.kind === "preset" ? thumbnail.name : "";
      return await linkTo(folder + file.name, { version: versionQuery(file), preset });
    },
  };
}

/** What proves to be the version of a file: the beginning of its SHA-1, else its upload time. */
function versionOf({ sha1, uploadedAt }: ShownFile): string {
  return sha1?.slice(0, 8) ?? String(uploadedAt);
}

function presetQuery(preset: string): string {
  return preset === "" ? "" : `preset=${encodeURIComponent(preset)}`;
}
