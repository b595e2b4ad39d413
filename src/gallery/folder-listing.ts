import * as v from "valibot";

const fileSchema = v.object({
  kind: v.literal("file"),
  /** The name within its folder. */
  name: v.string(),
  bytes: v.number(),
  contentType: v.optional(v.string()),
  sha1: v.optional(v.string()),
  /** ms since the epoch. */
  uploadedAt: v.number(),
});

const folderSchema = v.object({
  kind: v.literal("folder"),
  /** The name within its folder, with a slash at its end. */
  name: v.string(),
});

const listingSchema = v.object({
  bucketName: v.string(),
  entries: v.array(v.variant("kind", [fileSchema, folderSchema])),
  /** The name that the next page begins after; null on the last page. */
  next: v.nullable(v.string()),
});

/** One page of a folder: the entries that may be shown, in B2's order. The cache of `Images` keeps it as JSON. */
export type FolderListing = v.InferOutput<typeof listingSchema>;
export type ShownFile = v.InferOutput<typeof fileSchema>;
export type ShownFolder = v.InferOutput<typeof folderSchema>;
export type ShownEntry = ShownFile | ShownFolder;

/** Reads a listing that `Images` answered with. Throws a `ValiError` when it is not one. */
export function parseListing(value: unknown): FolderListing {
  return v.parse(listingSchema, value);
}
