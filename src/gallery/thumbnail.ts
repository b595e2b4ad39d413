import { MOST_ORIGINAL_BYTES } from "../images/images-binding.ts";
import type { Presets } from "../preset.ts";
import type { ShownFile } from "./folder-listing.ts";

/** A thumbnail is shown up to about 260 CSS pixels wide, and many screens have two device pixels for each. */
const LEAST_SIDE = 320;
/** The types that the Images binding resizes on every account. */
const TRANSFORMED_TYPES = /^image\/(?:p?jpe?g|png|gif|webp|hei[cf])[ \t]*(?:;|$)/i;
/** The types that all current browsers show in a page. Others, such as HEIC and TIFF, only some browsers show. */
const SHOWN_TYPES = /^image\/(?:avif|bmp|gif|p?jpe?g|png|apng|svg\+xml|webp|x-icon|vnd\.microsoft\.icon)[ \t]*(?:;|$)/i;
const SHOWN_ENDINGS = /\.(?:avif|bmp|gif|jpe?g|jfif|png|apng|svg|webp|ico)$/i;
/** The types that uploaders state when they do not know the type. */
const UNKNOWN_TYPES = /^(?:(?:application|binary)\/octet-stream[ \t]*(?:;|$)|$)/i;

/** The image that a page shows for a file: a preset of it, or the file itself. */
export type Thumbnail = { kind: "preset"; name: string } | { kind: "original" };

/** The preset to make thumbnails with: the smallest that is large enough, else the largest. Undefined when none has a size. */
export function chooseThumbnailPreset(presets: Presets): string | undefined {
  const sized = [...presets.values()]
    .map(({ name, width = 0, height = 0 }) => ({ name, side: Math.max(width, height) }))
    .filter(({ side }) => side > 0)
    .sort((one, other) => one.side - other.side);
  return (sized.find(({ side }) => side >= LEAST_SIDE) ?? sized.at(-1))?.name;
}

/** The thumbnail of a file; undefined when it is not an image. `preset` is the one of `chooseThumbnailPreset`. */
export function thumbnailOf(
  { name, contentType = "", bytes }: Pick<ShownFile, "name" | "contentType" | "bytes">,
  preset: string | undefined,
): Thumbnail | undefined {
  if (preset !== undefined && TRANSFORMED_TYPES.test(contentType) && bytes <= MOST_ORIGINAL_BYTES)
    return { kind: "preset", name: preset };
  return isImage({ name, contentType }) ? { kind: "original" } : undefined;
}

/** Whether browsers show a file as an image: by its type, or by its name where the type says nothing. */
export function isImage({ name, contentType = "" }: { name: string; contentType?: string | undefined }): boolean {
  return UNKNOWN_TYPES.test(contentType) ? SHOWN_ENDINGS.test(name) : SHOWN_TYPES.test(contentType);
}
