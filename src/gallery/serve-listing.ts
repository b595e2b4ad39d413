import { overLimit } from "../access/limiter.ts";
import { isPrivate } from "../access/private-prefix.ts";
import { canonicalPath } from "../b2/file-name.ts";
import { rejectionOfFault } from "../fault.ts";
import { describeError } from "../log.ts";
import type { Rejection } from "../rejection.ts";
import { addCacheTag, type Fields } from "../respond/fields.ts";
import { problemResponse } from "../respond/problem-response.ts";
import { callerOf, rayOf, type Visit } from "../visit.ts";
import type { AskedListing } from "./ask-listing.ts";
import type { FolderListing } from "./folder-listing.ts";
import { listFolder } from "./list-folder.ts";

/** How long a listing counts as new: a file that is uploaded shows after so long at the latest. */
export const LISTING_FRESH_SECONDS = 15 * 60;

/** One page of a folder, from B2, for the cache of `Images`. */
export async function serveListing(visit: Visit, asked: AskedListing): Promise<Response> {
  const { listLimiter, settings } = visit.site;
  if (listLimiter !== undefined && (await overLimit(listLimiter, asked.clientAddress))) {
    return problemResponse({ kind: "too-many-requests", retryAfterSeconds: 60 }, visit);
  }
  const answer = await listOrRefuse(visit, asked);
  const address = { canonicalPath: canonicalPath(asked.folder) };
  if (answer.kind !== "listing") return problemResponse(answer, visit, address);
  // Not while it is revalidated: the page in front is kept so, and would be made of the old listing once more.
  const caching = `public, max-age=${LISTING_FRESH_SECONDS}, stale-if-error=${settings.edgeStaleIfErrorSeconds}`;
  const headers: Fields = { "Cache-Control": "no-store", "Cloudflare-CDN-Cache-Control": caching };
  addCacheTag(headers, address.canonicalPath);
  return Response.json(answer, { headers });
}

type Listing = { kind: "listing" } & FolderListing;

async function listOrRefuse(visit: Visit, asked: AskedListing): Promise<Listing | Rejection> {
  const { site, request } = visit;
  const { folder, after, view } = asked;
  const ray = rayOf(request);
  try {
    const { bucketId, bucketName } = await site.tokens.get(callerOf(visit));
    const bucket = { bucketId, bucketName, fileNamePrefix: site.settings.fileNamePrefix };
    const mayShow = (path: string) => view === "granted" || !isPrivate(path, site.settings);
    const result = await listFolder({ list: site.list, bucket, folder, after, mayShow, ray });
    switch (result.kind) {
      case "listing":
        return isThere(result, asked) || isDeclared(folder, site.settings) ? result : { kind: "not-found" };
      case "paused":
        return { kind: "unavailable", retryAfterSeconds: result.retryAfterSeconds };
      case "no-right":
        site.log("error", "listing.no-right", { ray, folder, advice: adviceFor(bucketName) });
        return { kind: "not-found" };
    }
  } catch (error) {
    site.log("error", "listing.failed", { ray, folder, error: describeError(error) });
    return rejectionOfFault(error, Date.now());
  }
}

/** Behind the last name there is an empty page: the folder may have been longer a moment ago. */
function isThere({ exists }: FolderListing, { after }: AskedListing): boolean {
  return exists || after !== undefined;
}

/** A folder that the owner names is there, though nothing is in it yet. */
function isDeclared(folder: string, { listedPrefixes }: { listedPrefixes: readonly string[] }): boolean {
  return listedPrefixes.includes(folder.slice(0, -1));
}

function adviceFor(bucketName: string): string {
  return `The key may not list files, so no folder is shown. Make one with: b2 key create --bucket ${bucketName} b2-image-worker listFiles,readFiles,shareFiles`;
}
