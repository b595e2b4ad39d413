import { CLIENT_FIELD, clientAddress } from "../access/client-address.ts";
import { readPath } from "../b2/file-name.ts";
import { dropContent } from "../http/drop-content.ts";
import { cutUrl } from "../locate.ts";
import { RETRY_AFTER_SECONDS, type Rejection } from "../rejection.ts";
import type { Visit } from "../visit.ts";
import { type FolderListing, parseListing } from "./folder-listing.ts";

/** `granted`: a signed link opened the folder, so private entries are listed too. */
export type ListingView = "public" | "granted";

/** One entrypoint's request to `Images` for a page of a folder. */
export interface AskedListing {
  kind: "listing";
  /** The path of the folder in the bucket, "" or with a slash at its end. */
  folder: string;
  /** The name that the page begins after; undefined for the first page. */
  after: string | undefined;
  view: ListingView;
  /** The visitor's address, for the limiter. */
  clientAddress: string | null;
}

/** A listing, and how many seconds ago B2 gave it. */
export interface KeptListing {
  kind: "listing";
  listing: FolderListing;
  ageSeconds: number;
}

/**
 * Gets a page of a folder from the `Images` entrypoint, through its cache. All visitors, URLs and formats share one cached
 * listing, so B2 is asked once.
 */
export async function askListing(
  { request, exports }: Visit,
  { canonicalPath, after, view }: { canonicalPath: string; after: string | undefined; view: ListingView },
): Promise<KeptListing | Rejection> {
  const url = new URL(canonicalPath, request.url);
  url.search = `view=${view}${after === undefined ? "" : `&after=${encodeURIComponent(after)}`}`;
  const headers = new Headers({ [CLIENT_FIELD]: clientAddress(request) ?? "" });
  const ray = request.headers.get("CF-Ray");
  if (ray !== null) headers.set("CF-Ray", ray);
  const answer = await exports.Images.fetch(new Request(url, { headers }));
  if (answer.status !== 200) return await rejectionOf(answer);
  const listing = parseListing(await answer.json());
  return { kind: "listing", listing, ageSeconds: Number(answer.headers.get("Age")) || 0 };
}

/** Reads a request of `askListing`; undefined when it is not for a folder. Access was checked before it was sent. */
export function readAskedListing(request: Request): AskedListing | undefined {
  const { path, query } = cutUrl(request.url);
  const reading = readPath(path);
  if (reading.kind === "bad" || (path !== "" && !path.endsWith("/"))) return undefined;
  const parameters = new URLSearchParams(query);
  return {
    kind: "listing",
    folder: reading.path,
    after: parameters.get("after") ?? undefined,
    view: parameters.get("view") === "granted" ? "granted" : "public",
    clientAddress: request.headers.get(CLIENT_FIELD),
  };
}

/** Reads the refusal of `Images`. Its text and caching fields are made again for the visitor's own request. */
async function rejectionOf(answer: Response): Promise<Rejection> {
  await dropContent(answer);
  const retryAfterSeconds = Number(answer.headers.get("Retry-After") ?? RETRY_AFTER_SECONDS);
  switch (answer.status) {
    case 404:
      return { kind: "not-found" };
    case 429:
      return { kind: "too-many-requests", retryAfterSeconds };
    case 502:
      return { kind: "bad-gateway" };
    case 503:
      return { kind: "unavailable", retryAfterSeconds };
    case 504:
      return { kind: "gateway-timeout" };
    default:
      return { kind: "internal" };
  }
}
