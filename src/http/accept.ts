import { type Accept, parseAccept } from "hono/utils/accept";

/** The wildcard and exact forms that a media range may have for a type, the most specific first (RFC 9110 §12.5.1). */
const RANGES_FOR_HTML = ["text/html", "text/*", "*/*"];
const RANGES_FOR_PROBLEM = ["application/problem+json", "application/*", "*/*"];
const RANGES_FOR_JSON = ["application/json", "application/*", "*/*"];
/** What every browser shows. */
const RANGES_FOR_OLD_IMAGES = ["image/jpeg", "image/png", "image/gif"].map((type) => [type, "image/*", "*/*"]);
/** Of two that a request likes alike, the first one is smaller. */
const NEW_IMAGE_TYPES = ["image/avif", "image/webp"] as const;

export type NewImageType = (typeof NEW_IMAGE_TYPES)[number];

/** Whether a request prefers a page to problem details, by the quality values of `Accept`. Liked alike, it does not. */
export function prefersHtml(accept: string | null): boolean {
  return prefersHtmlTo(RANGES_FOR_PROBLEM, accept);
}

/** Whether a request prefers a page to JSON, in the same way. */
export function prefersHtmlToJson(accept: string | null): boolean {
  return prefersHtmlTo(RANGES_FOR_JSON, accept);
}

function prefersHtmlTo(ranges: string[], accept: string | null): boolean {
  if (accept === null || !/html|text\/\*/i.test(accept)) return false;
  const named = parseAccept(accept);
  return qualityOf(named, RANGES_FOR_HTML) > qualityOf(named, ranges);
}

/**
 * The new image types that a request prefers to the old ones or likes as much, by the quality values of `Accept`
 * (RFC 9110 §12.4.2), the best first. Only a type that is named counts: old clients send the wildcards too.
 */
export function preferredImageTypes(accept: string | null): NewImageType[] {
  if (accept === null || !/image\/(?:avif|webp)/i.test(accept)) return [];
  const named = parseAccept(accept);
  const ofOldImages = Math.max(...RANGES_FOR_OLD_IMAGES.map((ranges) => qualityOf(named, ranges)));
  return NEW_IMAGE_TYPES.map((type) => ({ type, quality: qualityOf(named, [type]) }))
    .filter(({ quality }) => quality > 0 && quality >= ofOldImages)
    .sort((one, other) => other.quality - one.quality)
    .map(({ type }) => type);
}

/** The quality value of the most specific range that is named, or 0. */
function qualityOf(named: Accept[], ranges: string[]): number {
  for (const range of ranges) {
    const match = named.find(({ type }) => type.toLowerCase() === range);
    if (match !== undefined) return match.q;
  }
  return 0;
}
