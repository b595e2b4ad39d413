import { refusalByLimit } from "../access/limiter.ts";
import { isHidden } from "../access/listed-prefix.ts";
import { isPrivate } from "../access/private-prefix.ts";
import { canonicalPath } from "../b2/file-name.ts";
import { addCacheTag, type Fields } from "../respond/fields.ts";
import { problemResponse } from "../respond/problem-response.ts";
import type { Visit } from "../visit.ts";
import type { AskedListing } from "./ask-listing.ts";
import type { FolderListing, ShownEntry } from "./folder-listing.ts";
import type { FolderRequest } from "./list-folder.ts";
import { listForVisit } from "./list-for-visit.ts";

/** The freshness lifetime of a listing: an uploaded file appears after this time at the latest. */
export const LISTING_FRESH_SECONDS = 15 * 60;

/** Answers a request of `askListing` with a listing from B2 as JSON, which the cache of `Images` keeps. */
export async function serveListing(visit: Visit, asked: AskedListing): Promise<Response> {
  const { listLimiter, settings } = visit.site;
  const refusal = listLimiter && (await refusalByLimit(listLimiter, asked.clientAddress));
  if (refusal !== undefined) return problemResponse(refusal, visit);
  const { folder, after } = asked;
  const address = { canonicalPath: canonicalPath(folder) };
  const result = await listForVisit(visit, { folder, after, withHidden: false, show: showFor(visit, asked) });
  if (result.kind === "no-right" || (result.kind === "listing" && !isThere(result, asked, visit))) {
    return problemResponse({ kind: "not-found" }, visit, address);
  }
  if (result.kind !== "listing") return problemResponse(result, visit, address);
  // Without stale-while-revalidate. The page that is made of it has that, and would be renewed from the stale listing.
  const caching = `public, max-age=${LISTING_FRESH_SECONDS}, stale-if-error=${settings.edgeStaleIfErrorSeconds}`;
  const headers: Fields = { "Cache-Control": "no-store", "Cloudflare-CDN-Cache-Control": caching };
  addCacheTag(headers, address.canonicalPath);
  const listing: FolderListing = { bucketName: result.bucketName, entries: result.entries, next: result.next };
  return Response.json(listing, { headers });
}

/** Leaves out hidden files, names that this Worker cannot serve, and private entries unless a signed link opened the folder. */
function showFor({ site }: Visit, { view }: AskedListing): FolderRequest<ShownEntry>["show"] {
  return (entry, { path, name, address }) => {
    if (entry.kind === "hidden" || isHidden(name) || address === undefined) return undefined;
    return view === "granted" || !isPrivate(path, site.settings) ? { ...entry, name } : undefined;
  };
}

/**
 * Whether a folder exists for visitors: something in it is shown, or its owner made it in B2 or listed it in the settings. A
 * page after the last name is empty and no 404, since the folder may have had more files a moment ago.
 */
function isThere({ exists }: { exists: boolean }, { folder, after }: AskedListing, { site }: Visit): boolean {
  return exists || after !== undefined || site.settings.listedPrefixes.includes(folder.slice(0, -1));
}
