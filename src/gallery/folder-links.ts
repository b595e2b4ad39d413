import type { FolderLink } from "../access/decide-folder-access.ts";
import { type Signer, withQuery } from "../access/signed-url.ts";
import { addressOf, type BucketPlace } from "../address.ts";
import { canonicalPath } from "../b2/file-name.ts";
import type { Presets } from "../preset.ts";
import type { ShownFile } from "./folder-listing.ts";
import { chooseThumbnailPreset, thumbnailOf } from "./thumbnail.ts";

/** Makes the addresses of a folder's page: URL paths with their query. */
export interface FolderLinks {
  /** The address of a folder within this one, whose `name` ends with a slash; "" is this folder itself. */
  toFolder(name: string): Promise<string>;
  toFile(file: ShownFile): Promise<string>;
  /** The address of a file's thumbnail; undefined for a file that is not an image. */
  toThumbnail(file: ShownFile): Promise<string | undefined>;
}

export interface FolderLinksParts {
  bucket: BucketPlace;
  /** The path of the folder in the bucket, "" or with a slash at its end. */
  folder: string;
  /** The query parameter for the version of a file; undefined: versions are not used. */
  versionParameter: string | undefined;
  /** The owner's presets. One of them makes the thumbnails. */
  presets: Presets;
  /** The expiry and key to sign the link to a path with; undefined: the link needs no signature. */
  linkFor: (path: string) => FolderLink | undefined;
  sign: Signer;
}

/** Makes the links of a page, signed where `linkFor` says so. */
export function createFolderLinks(parts: FolderLinksParts): FolderLinks {
  const { bucket, folder, versionParameter, linkFor, sign } = parts;
  const thumbnailPreset = chooseThumbnailPreset(parts.presets);

  async function linkTo(path: string, { preset = "", version = "" } = {}): Promise<string> {
    const address = addressOf(path, bucket);
    // Names without an address are left out of listings.
    if (address === undefined) throw new Error("There is no address for this name.");
    const versioned = withQuery(address, version);
    const link = linkFor(path);
    if (link === undefined) return withQuery(versioned, presetQuery(preset));
    const signed = { canonicalPath: withQuery(canonicalPath(path), version), preset };
    return withQuery(versioned, await sign({ ...signed, expiresAtSeconds: link.expiresAtSeconds }, link.keyId));
  }

  /** With its version in the address, a replaced file gets a new one at once, and caches may keep each for a year. */
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

/** A version that the file itself confirms: the first 8 hex digits of its SHA-1, else its upload time. */
function versionOf({ sha1, uploadedAt }: ShownFile): string {
  return sha1?.slice(0, 8) ?? String(uploadedAt);
}

function presetQuery(preset: string): string {
  return preset === "" ? "" : `preset=${encodeURIComponent(preset)}`;
}
