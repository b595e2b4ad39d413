import { fileNameFault, readPath } from "../b2/file-name.ts";
import { galleryPage } from "../gallery/gallery-page.tsx";
import { readGalleryQuery } from "../gallery/gallery-query.ts";
import { GALLERY_STYLE } from "../gallery/gallery-style.ts";
import { listForVisit } from "../gallery/list-for-visit.ts";
import { createOwnerGallery, LIVES, type OwnedEntry } from "../gallery/owner-gallery.ts";
import { cutUrl } from "../locate.ts";
import { pagePolicy } from "../pages/page.tsx";
import type { Rejection } from "../rejection.ts";
import type { Visit } from "../visit.ts";
import { refuseOwner } from "./respond-to-owner.ts";

const NO_FOLDER: Rejection = {
  kind: "bad-request",
  detail: "The parameter prefix must be the path of a folder, such as photos/2026/, or empty.",
};

/** `GET /-/files?prefix=photos/`: any folder as a page for the owner, who has signed in. It asks B2 each time. */
export async function answerFiles(visit: Visit): Promise<Response> {
  const { request, site } = visit;
  const { settings, sign } = site;
  const raw = cutUrl(request.url).query;
  const parameters = new URLSearchParams(raw);
  const folder = readFolder(parameters.get("prefix") ?? "");
  if (folder === undefined) return await refuseOwner(visit, NO_FOLDER);
  const query = readGalleryQuery(raw, settings.fileNamePrefix + folder);
  if (query.kind !== "query") return await refuseOwner(visit, query);
  const { after } = query;
  const life = LIVES.find(({ id }) => id === parameters.get("life")) ?? LIVES[0];
  const listing = await listForVisit<OwnedEntry>(visit, {
    folder,
    after,
    withHidden: true,
    show: (entry, { name, address }) => ({ ...entry, name, address }),
  });
  if (listing.kind === "no-right") return await refuseOwner(visit, { kind: "forbidden", detail: listing.advice });
  if (listing.kind !== "listing") return await refuseOwner(visit, listing);
  const gallery = await createOwnerGallery({ ...listing, settings, sign, folder, after, life, now: Date.now() });
  return new Response(request.method === "HEAD" ? null : galleryPage(gallery, "noindex"), {
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy": await pagePolicy(GALLERY_STYLE, "'none'"),
      "X-Robots-Tag": "noindex, nofollow",
    },
  });
}

/** Reads a folder as the owner writes it, with or without slashes around it. Its path is "" or ends with a slash. */
function readFolder(text: string): string | undefined {
  const path = text.replace(/^\//, "").replace(/(?<=[^/])$/, "/");
  if (path === "") return "";
  if (!path.isWellFormed() || fileNameFault(path.slice(0, -1)) !== undefined) return undefined;
  const reading = readPath(path.split("/").map(encodeURIComponent).join("/"));
  return reading.kind === "path" ? reading.path : undefined;
}
