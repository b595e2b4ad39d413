import { overLimit } from "../access/limiter.ts";
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

/** How long a listing counts as new: a file that is uploaded shows after so long at the latest. */
export const LISTING_FRESH_SECONDS = 15 * 60;

/** One page of a folder, from B2, for the cache of `Images`. */
export async function serveListing(visit: Visit, asked: AskedListing): Promise<Response> {
  const { listLimiter, settings } = visit.site;
  if (listLimiter !== undefined && (await overLimit(listLimiter, asked.clientAddress))) {
    return problemResponse({ kind: "too-many-requests", retryAfterSeconds: 60 }, visit);
  }
  const { folder, after } = asked;
  const address = { canonicalPath: canonicalPath(folder) };
  const result = await listForVisit(visit, { folder, after, withHidden: false, show: showFor(visit, asked) });
  if (result.kind === "no-right" || (result.kind === "listing" && !isThere(result, asked, visit))) {
    return problemResponse({ kind: "not-found" }, visit, address);
  }
  if (result.kind !== "listing") return problemResponse(result, visit, address);
  // Not while it is revalidated: the page in front is kept so, and would be made of the old listing once more.
  const caching = `public, max-age=${LISTING_FRESH_SECONDS}, stale-if-error=${settings.edgeStaleIfErrorSeconds}`;
  const headers: Fields = { "Cache-Control": "no-store", "Cloudflare-CDN-Cache-Control": caching };
  addCacheTag(headers, address.canonicalPath);
  const listing: FolderListing = { bucketName: result.bucketName, entries: result.entries, next: result.next };
  return Response.json(listing, { headers });
}

/** Not shown are hidden files, names that this Worker cannot serve, and what is private unless a link was signed for it. */
function showFor({ site }: Visit, { view }: AskedListing): FolderRequest<ShownEntry>["show"] {
  return (entry, { path, name, address }) => {
    if (entry.kind === "hidden" || isHidden(name) || address === undefined) return undefined;
    return view === "granted" || !isPrivate(path, site.settings) ? { ...entry, name } : undefined;
  };
}

/**
 * A folder is there when something in it is shown, or its owner made it, in B2 or in the settings. Behind the last name
 * it has an empty page: it may have been longer a moment ago.
 */
function isThere({ exists }: { exists: boolean }, { folder, after }: AskedListing, { site }: Visit): boolean {
  return exists || after !== undefined || site.settings.listedPrefixes.includes(folder.slice(0, -1));
}
