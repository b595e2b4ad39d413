import { CLIENT_FIELD, clientAddress } from "../access/client-address.ts";
import { readPath } from "../b2/file-name.ts";
import { dropContent } from "../http/drop-content.ts";
import { cutUrl } from "../locate.ts";
import type { Rejection } from "../rejection.ts";
import type { Visit } from "../visit.ts";
import { type FolderListing, parseListing } from "./folder-listing.ts";

/** Whether what is private may be in the listing: only a signed link says so. */
export type ListingView = "public" | "granted";

/** A page of a folder, as one entrypoint asks the other for it. */
export interface AskedListing {
  kind: "listing";
  /** The path of the folder in the bucket, "" or with a slash at its end. */
  folder: string;
  after: string | undefined;
  view: ListingView;
  clientAddress: string | null;
}

/** A listing, and how long ago B2 was asked for it. */
export interface KeptListing {
  kind: "listing";
  listing: FolderListing;
  ageSeconds: number;
}

/**
 * Asks the `Images` entrypoint, through its cache, for a page of a folder: whoever looks at it, by whatever URL and in
 * whatever form, B2 is asked once.
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

/** The other half: what `askListing` asks for, or undefined when a request is for no folder. Every check was made. */
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

/** The words and the caching of a refusal are those of the request that asked. */
async function rejectionOf(answer: Response): Promise<Rejection> {
  await dropContent(answer);
  const retryAfterSeconds = Number(answer.headers.get("Retry-After") ?? 30);
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
