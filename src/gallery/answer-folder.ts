import type { FolderAccess } from "../access/decide-folder-access.ts";
import { addressOf } from "../address.ts";
import type { Folder } from "../locate.ts";
import type { Rejection } from "../rejection.ts";
import { NO_STORE } from "../respond/caching.ts";
import { setFields } from "../respond/fields.ts";
import { problemResponse } from "../respond/problem-response.ts";
import type { Visit } from "../visit.ts";
import { askListing } from "./ask-listing.ts";
import { createFolderLinks } from "./folder-links.ts";
import { createGallery } from "./gallery.ts";
import { readGalleryQuery } from "./gallery-query.ts";
import { galleryResponse } from "./gallery-response.ts";

/** Permission to look at a folder, as everybody or by a signed link. */
export type Looking = Extract<FolderAccess, { kind: "listed" | "granted" }>;

/** Answers with the contents of a folder, as a page or as JSON, for somebody who may look at it. */
export async function answerFolder(visit: Visit, folder: Folder, access: Looking): Promise<Response> {
  const { settings, sign } = visit.site;
  const { fileNamePrefix, listedPrefixes, versionParameter, presets } = settings;
  const { path, canonicalPath } = folder;
  // B2 may have such a folder, but its address belongs to the owner's pages.
  if (addressOf(path, { bucketName: "", fileNamePrefix }) === undefined) {
    return refusal({ kind: "not-found" }, visit, { access, address: folder });
  }
  const query = readGalleryQuery(folder.query, fileNamePrefix + path);
  if (query.kind !== "query") return refusal(query, visit, { access });
  const { after, asJson } = query;
  const view = access.kind === "granted" ? "granted" : "public";
  const kept = await askListing(visit, { canonicalPath, after, view });
  if (kept.kind !== "listing") return refusal(kept, visit, { access, address: folder });
  const { listing, ageSeconds } = kept;
  const link = access.kind === "granted" ? access.link : undefined;
  const place = { folder: path, bucket: { bucketName: listing.bucketName, fileNamePrefix } };
  const linkFor = () => link;
  const links = createFolderLinks({ ...place, versionParameter, presets, linkFor, sign });
  const gallery = await createGallery({ ...place, listing, links, link, listedPrefixes, after, asJson });
  return await galleryResponse({ gallery, canonicalPath, asJson, ageSeconds }, visit);
}

/** A refusal. When a signed link was used, no cache keeps it: it could outlive the link. */
function refusal(
  rejection: Rejection,
  visit: Visit,
  { access, address }: { access: Looking; address?: Folder },
): Response {
  const response = problemResponse(rejection, visit, address);
  if (access.kind === "granted") setFields(response.headers, NO_STORE);
  return response;
}
