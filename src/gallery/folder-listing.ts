import * as v from "valibot";

const fileSchema = v.object({
  kind: v.literal("file"),
  /** Within its folder. */
  name: v.string(),
  bytes: v.number(),
  contentType: v.optional(v.string()),
  sha1: v.optional(v.string()),
  /** ms since the epoch. */
  uploadedAt: v.number(),
});

const folderSchema = v.object({
  kind: v.literal("folder"),
  /** Within its folder, with a slash at the end. */
  name: v.string(),
});

const listingSchema = v.object({
  bucketName: v.string(),
  entries: v.array(v.variant("kind", [fileSchema, folderSchema])),
  /** The name that the next page begins behind: the last one here. Null at the end. */
  next: v.nullable(v.string()),
});

/** One page of a folder: what may be shown of it, in B2's order. It is what the cache of `Images` keeps. */
export type FolderListing = v.InferOutput<typeof listingSchema>;
export type ShownFile = v.InferOutput<typeof fileSchema>;
export type ShownFolder = v.InferOutput<typeof folderSchema>;
export type ShownEntry = ShownFile | ShownFolder;

/** Reads what `Images` answers. Throws when it is no listing. */
export function parseListing(value: unknown): FolderListing {
  return v.parse(listingSchema, value);
}
