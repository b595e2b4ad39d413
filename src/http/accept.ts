import { type Accept, parseAccept } from "hono/utils/accept";

/** The media ranges that match a type, the most specific first (RFC 9110 §12.5.1). */
const RANGES_FOR_HTML = ["text/html", "text/*", "*/*"];
const RANGES_FOR_PROBLEM = ["application/problem+json", "application/*", "*/*"];
const RANGES_FOR_JSON = ["application/json", "application/*", "*/*"];
/** The media ranges of the image types that every browser shows. */
const RANGES_FOR_OLD_IMAGES = ["image/jpeg", "image/png", "image/gif"].map((type) => [type, "image/*", "*/*"]);
/** The first one is preferred when a request gives both the same quality value, since its files are smaller. */
const NEW_IMAGE_TYPES = ["image/avif", "image/webp"] as const;

export type NewImageType = (typeof NEW_IMAGE_TYPES)[number];

/** Whether a request prefers HTML to problem details: only if its quality value in `Accept` is higher. */
export function prefersHtml(accept: string | null): boolean {
  return prefersHtmlTo(RANGES_FOR_PROBLEM, accept);
}

/** Whether a request prefers HTML to JSON: only if its quality value in `Accept` is higher. */
export function prefersHtmlToJson(accept: string | null): boolean {
  return prefersHtmlTo(RANGES_FOR_JSON, accept);
}

function prefersHtmlTo(ranges: string[], accept: string | null): boolean {
  if (accept === null || !/html|text\/\*/i.test(accept)) return false;
  const named = parseAccept(accept);
  return qualityOf(named, RANGES_FOR_HTML) > qualityOf(named, ranges);
}

/**
 * The new image types that a request rates at least as high as the old ones, by the quality values of `Accept`
 * (RFC 9110 §12.4.2), the best first. Only a type that is named counts, since old clients send wildcards too.
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

/** The quality value of the most specific media range that is named, or 0. */
function qualityOf(named: Accept[], ranges: string[]): number {
  for (const range of ranges) {
    const match = named.find(({ type }) => type.toLowerCase() === range);
    if (match !== undefined) return match.q;
  }
  return 0;
}
