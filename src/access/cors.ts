import { entriesOf, type ListValue, type Misfit } from "../setting-kinds.ts";
import { hostOf } from "./host.ts";

/** Which origins' scripts may read the answers. */
export type CorsOrigins = { kind: "any" } | { kind: "list"; origins: string[] };

type Field = [name: string, value: string];

const EXPOSED = "ETag, Content-Length, Content-Range, Accept-Ranges, Retry-After";
/**
 * What is not safelisted and means something here (Fetch standard, CORS-safelisted request-header), and what scripts add
 * to be told the newest: caches on the way may heed it.
 */
const ALLOWED_REQUEST_FIELDS =
  "Range, If-Match, If-None-Match, If-Modified-Since, If-Unmodified-Since, If-Range, Cache-Control, Pragma";
/** As long as browsers keep a preflight: Chromium two hours, Firefox a day. */
const PREFLIGHT_MAX_AGE_SECONDS = 86_400;

/** Reads `CORS_ALLOW_ORIGINS`: `*`, or origins with commas or white space between them, as browsers write them in `Origin`. */
export function parseCorsOrigins(given: ListValue): CorsOrigins | Misfit {
  const entries = entriesOf(given, /[\s,]+/);
  if (entries.length === 1 && entries[0] === "*") return { kind: "any" };
  const origins = entries.map(originOf);
  if (entries.length === 0 || !origins.every((origin) => origin !== undefined)) {
    return { problem: "* or a list of origins such as https://good.example, with scheme, without a path" };
  }
  return { kind: "list", origins };
}

/** The CORS fields of an answer. With a list the answer varies by `Origin`, whether or not it was there. */
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

/** The fields of the answer to a preflight; for another origin nothing is allowed. */
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

/** The origin, with host and port as browsers write them; undefined for anything but a scheme, a host and a port. */
function originOf(text: string): string | undefined {
  const [, authority = ""] = /^https?:\/\/([^/]+)\/?$/i.exec(text) ?? [];
  return hostOf(authority) === undefined ? undefined : URL.parse(text)?.origin;
}
