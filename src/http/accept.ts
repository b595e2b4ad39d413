import Negotiator from "negotiator";

/** In the order of our choice: the first wins when the client likes both alike. */
const OFFERED = ["application/problem+json", "text/html"];

/** Whether a request prefers a page to problem details, by the quality values of `Accept` (RFC 9110 §12.5.1). */
export function prefersHtml(accept: string | null): boolean {
  if (accept === null || !accept.includes("html")) return false;
  return new Negotiator({ headers: { accept } }).mediaType(OFFERED) === "text/html";
}
