import type { FolderLink } from "../access/decide-folder-access.ts";
import type { Signer } from "../access/signed-url.ts";
import { addressOf, type BucketPlace } from "../address.ts";
import { canonicalPath } from "../b2/file-name.ts";

/** The addresses of what a page shows, as paths with their query. */
export interface FolderLinks {
  /** Of a path of the bucket; a folder's ends with a slash. */
  to(path: string): Promise<string>;
  /** Of an image's thumbnail. */
  thumbnailOf(path: string): Promise<string>;
}

export interface FolderLinksParts {
  bucket: BucketPlace;
  /** The name of the preset that makes thumbnails; undefined: the original is shown. */
  thumbnailPreset: string | undefined;
  /** The link that opened the page: each of its own ends with it, and is signed by the same key. */
  link: FolderLink | undefined;
  sign: Signer;
}

/** Makes the links of a page: plain ones, or signed ones where a signed link opened it. */
export function createFolderLinks({ bucket, thumbnailPreset, link, sign }: FolderLinksParts): FolderLinks {
  async function linkTo(path: string, preset: string): Promise<string> {
    const address = addressOf(path, bucket);
    // A listing has no name without one.
    if (address === undefined) throw new Error("There is no address for this name.");
    const query = link === undefined ? presetQuery(preset) : await sign(signedPart(path, preset, link), link.keyId);
    return query === "" ? address : `${address}?${query}`;
  }

  return {
    to: (path) => linkTo(path, ""),
    thumbnailOf: (path) => linkTo(path, thumbnailPreset ?? ""),
  };
}

function presetQuery(preset: string): string {
  return preset === "" ? "" : `preset=${encodeURIComponent(preset)}`;
}

function signedPart(path: string, preset: string, { expiresAtSeconds }: FolderLink) {
  return { canonicalPath: canonicalPath(path), preset, expiresAtSeconds };
}
