import { parseAccept } from "hono/utils/accept";

/** The wildcard and exact forms that a media range may have for a type, the most specific first (RFC 9110 §12.5.1). */
const RANGES_FOR_HTML = ["text/html", "text/*", "*/*"];
const RANGES_FOR_PROBLEM = ["application/problem+json", "application/*", "*/*"];
const RANGES_FOR_JSON = ["application/json", "application/*", "*/*"];

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
  return qualityOf(accept, RANGES_FOR_HTML) > qualityOf(accept, ranges);
}

/** The quality value of the most specific range that is named, or 0. */
function qualityOf(accept: string, ranges: string[]): number {
  const named = parseAccept(accept);
  for (const range of ranges) {
    const match = named.find(({ type }) => type.toLowerCase() === range);
    if (match !== undefined) return match.q;
  }
  return 0;
}
