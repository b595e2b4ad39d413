import { evaluatePreconditions } from "../http/conditional.ts";
import { pagePolicy } from "../pages/page.tsx";
import { addCacheTag, everyResponse, type Fields } from "../respond/fields.ts";
import { problemResponse } from "../respond/problem-response.ts";
import type { Visit } from "../visit.ts";
import type { Gallery } from "./gallery.ts";
import { galleryJson } from "./gallery-json.ts";
import { galleryPage } from "./gallery-page.tsx";
import { GALLERY_STYLE } from "./gallery-style.ts";
import { LISTING_FRESH_SECONDS } from "./serve-listing.ts";

/** A stale listing stays stale while B2 cannot renew it. Its page is made again after this time. */
const LEAST_FRESH_SECONDS = 60;

/** A folder's page, and what its response fields depend on. */
export interface GalleryAnswer {
  gallery: Gallery;
  /** The URL path of the folder in its normal encoding. */
  canonicalPath: string;
  asJson: boolean;
  /** The age of the listing, in seconds. */
  ageSeconds: number;
}

/** Responds with a folder's page as HTML or JSON. One that a signed link opened is private: no shared cache keeps it. */
export async function galleryResponse(answer: GalleryAnswer, visit: Visit): Promise<Response> {
  const { request, site } = visit;
  const { gallery, canonicalPath, asJson, ageSeconds } = answer;
  const isSigned = gallery.endsAt !== undefined;
  const robots = isSigned ? "noindex" : site.settings.listedRobots;
  const text = asJson ? galleryJson(gallery) : galleryPage(gallery, robots);
  const content = new TextEncoder().encode(text);
  const etag = await entityTagOf(content);
  const fields: Fields = {
    ...everyResponse(visit),
    ETag: etag,
    "Cache-Control": isSigned ? "private, no-cache" : "no-cache",
    "Cloudflare-CDN-Cache-Control": isSigned ? "no-store" : edgeCachingOf(ageSeconds, visit),
    // Hotlink protection needs the Referer of the page's own images. Other sites must not learn a signed address.
    "Referrer-Policy": "same-origin",
    ...(robots === "noindex" && { "X-Robots-Tag": "noindex, nofollow" }),
  };
  addCacheTag(fields, canonicalPath);
  const precondition = evaluatePreconditions(request.headers, { etag, lastModifiedAt: undefined }, Date.now());
  if (precondition === "precondition-failed") return problemResponse({ kind: "precondition-failed" }, visit);
  if (precondition === "not-modified") return new Response(null, { status: 304, headers: fields });
  Object.assign(fields, {
    "Content-Type": asJson ? "application/json" : "text/html; charset=utf-8",
    "Content-Length": String(content.length),
    "Content-Security-Policy": await pagePolicy(GALLERY_STYLE, "'self'"),
  });
  return new Response(request.method === "HEAD" ? null : content, { headers: fields });
}

/** Cloudflare's caching of the page: fresh for as long as the listing still is. */
function edgeCachingOf(ageSeconds: number, { site }: Visit): string {
  const { edgeStaleWhileRevalidateSeconds, edgeStaleIfErrorSeconds } = site.settings;
  const freshSeconds = Math.max(LEAST_FRESH_SECONDS, LISTING_FRESH_SECONDS - ageSeconds);
  return `public, max-age=${freshSeconds}, stale-while-revalidate=${edgeStaleWhileRevalidateSeconds}, stale-if-error=${edgeStaleIfErrorSeconds}`;
}

async function entityTagOf(content: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-1", content));
  return `"${[...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("")}"`;
}
