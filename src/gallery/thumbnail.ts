import type { Presets } from "../preset.ts";
import type { ShownFile } from "./folder-listing.ts";

/** A thumbnail is drawn up to some 260 pixels wide, and many screens have two points a pixel. */
const LEAST_SIDE = 320;
/** What the Images binding makes into another size on every account, by the file's own type, and how large it may be. */
const TRANSFORMED_TYPES = /^image\/(?:p?jpe?g|png|gif|webp|hei[cf])[ \t]*(?:;|$)/i;
const MOST_BYTES = 20_000_000;
/** The types that today's browsers show in a page. Of others, such as HEIC and TIFF, only some do. */
const SHOWN_TYPES = /^image\/(?:avif|bmp|gif|p?jpe?g|png|apng|svg\+xml|webp|x-icon|vnd\.microsoft\.icon)[ \t]*(?:;|$)/i;
const SHOWN_ENDINGS = /\.(?:avif|bmp|gif|jpe?g|jfif|png|apng|svg|webp|ico)$/i;
/** What uploaders say who do not know. */
const UNKNOWN_TYPES = /^(?:(?:application|binary)\/octet-stream[ \t]*(?:;|$)|$)/i;

/** What is drawn for a file: a preset of it, or the file itself. */
export type Thumbnail = { kind: "preset"; name: string } | { kind: "original" };

/** The preset that makes thumbnails: the smallest that is large enough, else the largest. Undefined when none has a size. */
export function chooseThumbnailPreset(presets: Presets): string | undefined {
  const sized = [...presets.values()]
    .map(({ name, width = 0, height = 0 }) => ({ name, side: Math.max(width, height) }))
    .filter(({ side }) => side > 0)
    .sort((one, other) => one.side - other.side);
  return (sized.find(({ side }) => side >= LEAST_SIDE) ?? sized.at(-1))?.name;
}

/** Undefined for a file that is no image. */
export function thumbnailOf(
  { name, contentType = "", bytes }: Pick<ShownFile, "name" | "contentType" | "bytes">,
  preset: string | undefined,
): Thumbnail | undefined {
  if (preset !== undefined && TRANSFORMED_TYPES.test(contentType) && bytes <= MOST_BYTES)
    return { kind: "preset", name: preset };
  return isImage({ name, contentType }) ? { kind: "original" } : undefined;
}

/** Whether browsers show a file as an image: by its type, or by its name where the type says nothing. */
export function isImage({ name, contentType = "" }: { name: string; contentType?: string | undefined }): boolean {
  return UNKNOWN_TYPES.test(contentType) ? SHOWN_ENDINGS.test(name) : SHOWN_TYPES.test(contentType);
}
