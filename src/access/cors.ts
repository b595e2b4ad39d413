import { entriesOf, type ListValue, type Misfit } from "../setting-kinds.ts";
import { hostOf } from "./host.ts";

/** The origins whose scripts may read the answers. */
export type CorsOrigins = { kind: "any" } | { kind: "list"; origins: string[] };

type Field = [name: string, value: string];

const EXPOSED = "ETag, Content-Length, Content-Range, Accept-Ranges, Retry-After";
/**
 * The request fields that mean something here and that the Fetch standard does not safelist
 * (https://fetch.spec.whatwg.org/#cors-safelisted-request-header), and those that scripts add to get past caches.
 */
const ALLOWED_REQUEST_FIELDS =
  "Range, If-Match, If-None-Match, If-Modified-Since, If-Unmodified-Since, If-Range, Cache-Control, Pragma";
/** The longest that any browser keeps a preflight: Chromium two hours, Firefox a day. */
const PREFLIGHT_MAX_AGE_SECONDS = 86_400;

/** Reads `CORS_ALLOW_ORIGINS`: `*`, or origins with commas or white space between them. */
export function parseCorsOrigins(given: ListValue): CorsOrigins | Misfit {
  const entries = entriesOf(given, /[\s,]+/);
  if (entries.length === 1 && entries[0] === "*") return { kind: "any" };
  const origins = entries.map(originOf);
  if (entries.length === 0 || !origins.every((origin) => origin !== undefined)) {
    return { problem: "* or a list of origins such as https://good.example, with scheme, without a path" };
  }
  return { kind: "list", origins };
}

/** The CORS fields of an answer. With a list of origins it always varies by `Origin`. */
export function corsFields({
  origins,
  requestOrigin,
}: {
  origins: CorsOrigins;
  requestOrigin: string | null;
}): Field[] {
  if (origins.kind === "any") {
    return [
      ["Access-Control-Allow-Origin", "*"],
      ["Access-Control-Expose-Headers", EXPOSED],
    ];
  }
  if (requestOrigin === null || !origins.origins.includes(requestOrigin)) return [["Vary", "Origin"]];
  return [
    ["Access-Control-Allow-Origin", requestOrigin],
    ["Access-Control-Expose-Headers", EXPOSED],
    ["Vary", "Origin"],
  ];
}

/** The CORS fields of the answer to a preflight. An origin that is not in the list is allowed nothing. */
export function preflightFields(asked: { origins: CorsOrigins; requestOrigin: string | null }): Field[] {
  const fields = corsFields(asked).filter(([name]) => name !== "Access-Control-Expose-Headers");
  if (!fields.some(([name]) => name === "Access-Control-Allow-Origin")) return fields;
  return [
    ...fields,
    ["Access-Control-Allow-Methods", "GET, HEAD"],
    ["Access-Control-Allow-Headers", ALLOWED_REQUEST_FIELDS],
    ["Access-Control-Max-Age", String(PREFLIGHT_MAX_AGE_SECONDS)],
  ];
}

/** The origin in the form that browsers send; undefined when the text has more than a scheme, a host and a port. */
function originOf(text: string): string | undefined {
  const [, authority = ""] = /^https?:\/\/([^/]+)\/?$/i.exec(text) ?? [];
  return hostOf(authority) === undefined ? undefined : URL.parse(text)?.origin;
}
