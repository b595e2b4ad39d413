import { ifRangeHolds } from "../http/conditional.ts";
import { withFileExtension } from "../http/content-disposition.ts";
import { parseRange, resolveRange } from "../http/range.ts";
import type { Visit } from "../visit.ts";
import { type Caching, defaultCaching, isOfProvenVersion } from "./caching.ts";
import { setFields } from "./fields.ts";
import { problemResponse } from "./problem-response.ts";

/**
 * The outcome of a preset. `made`: a result. `original`: the original, since there can be no result. `for-now`: the original,
 * since the transformation failed. The others are markers without content: `unsuitable` when the format does not suit the
 * image, a format that gives the same result, or `shared` when the result is kept under another version (`VERSION_FIELD`).
 */
export type PresetOutcome = PresetAnswer["outcome"] | "unsuitable" | "avif" | "webp" | "shared";

/** The field that tells the gateway the outcome of a preset. It is removed before the visitor. */
export const OUTCOME_FIELD = "X-Preset-Outcome";
/** The field of the marker `shared`: the version to ask for, or empty for none. */
export const VERSION_FIELD = "X-Preset-Version";
/** How long the original replaces a result after a failure. Then the preset is tried again. */
export const FOR_NOW_SECONDS = 300;
/** The fields that describe content (RFC 9110 §8) and are left out of a 304. */
const CONTENT_FIELDS = [
  "Content-Type",
  "Content-Length",
  "Content-Encoding",
  "Content-Disposition",
  "Content-Language",
];

/** An answer under the address of a preset. */
export interface PresetAnswer {
  outcome: "made" | "original" | "for-now";
  /** A result is in memory; an original may still be a stream. */
  content: ArrayBuffer | Response["body"];
  contentType: string | null;
  /** Undefined for `for-now`: with a validator a cache could revalidate the original, and keep it. */
  etag: string | undefined;
}

type Confirmed = Pick<PresetAnswer, "outcome" | "etag">;

/**
 * Responds with a result or the original. The other fields are those of `original`, an answer of `Images` whose remaining
 * lifetimes count for the result too.
 */
export function presetResponse(original: Response, answer: PresetAnswer, visit: Visit): Response {
  const { outcome, content, contentType, etag } = answer;
  const headers = presetFields(original, outcome, visit);
  setValidators(headers, etag);
  setOrDelete(headers, "Content-Type", contentType ?? undefined);
  const disposition = headers.get("Content-Disposition");
  if (outcome === "made" && disposition !== null && contentType !== null) {
    headers.set("Content-Disposition", withFileExtension(disposition, endingOf(contentType)));
  }
  return content instanceof ArrayBuffer ? wholeOrPart(content, headers, visit) : whole(content, headers, visit);
}

/** Responds with 304: the client has what it would get. The fields are those of the 200 (RFC 9110 §15.4.5). */
export function presetNotModifiedResponse(original: Response, answer: Confirmed, visit: Visit): Response {
  const { outcome, etag } = answer;
  const headers = presetFields(original, outcome, visit);
  for (const name of CONTENT_FIELDS) headers.delete(name);
  setValidators(headers, etag);
  return new Response(null, { status: 304, headers });
}

/**
 * Responds with a marker for the gateway: there is no result in this format, or none at all and the original must not be
 * shown. Caches keep it as they would keep the image. It is a 404, since a cache would cut a 200 for a range request.
 */
export function presetMarker(original: Response, outcome: PresetOutcome, visit: Visit): Response {
  const headers = presetFields(original, outcome, visit);
  for (const name of [...CONTENT_FIELDS, "ETag", "Last-Modified", "Accept-Ranges"]) headers.delete(name);
  return new Response(null, { status: 404, headers });
}

/** Responds with the marker `shared`. It says for how long the address has this content, as the image itself would. */
export function sharedMarker(original: Response, version: string, visit: Visit): Response {
  const marker = presetMarker(original, "shared", visit);
  marker.headers.set(VERSION_FIELD, version);
  return marker;
}

function presetFields(original: Response, outcome: PresetOutcome, visit: Visit): Headers {
  const headers = new Headers(original.headers);
  headers.set(OUTCOME_FIELD, outcome);
  const caching = outcome === "for-now" ? forNowCaching(visit) : lastingCaching(original, visit);
  setFields(headers, caching);
  return headers;
}

function forNowCaching({ site }: Visit): Caching {
  const lifetime = `public, max-age=${FOR_NOW_SECONDS}`;
  const whileFailing = `stale-if-error=${site.settings.edgeStaleIfErrorSeconds}`;
  return { "Cache-Control": lifetime, "Cloudflare-CDN-Cache-Control": `${lifetime}, ${whileFailing}` };
}

/** The caching of a lasting outcome. A version proves the file but not the recipe, which may change: so it is not kept for a year. */
function lastingCaching(original: Response, { site }: Visit): Partial<Caching> {
  const edge = original.headers.get("Cloudflare-CDN-Cache-Control") ?? "";
  return isOfProvenVersion(edge) ? defaultCaching(site.settings) : {};
}

/** Answers a range from memory (RFC 9110 §14). `If-Range` needs the entity tag: the original's date says nothing about a result. */
function wholeOrPart(content: ArrayBuffer, headers: Headers, visit: Visit): Response {
  const { request } = visit;
  headers.set("Content-Length", String(content.byteLength));
  const range = request.method === "GET" ? parseRange(request.headers.get("Range")) : undefined;
  const ifRange = request.headers.get("If-Range");
  const validators = { etag: headers.get("ETag") ?? "", lastModifiedAt: undefined };
  if (range === undefined || (ifRange !== null && !ifRangeHolds(ifRange, validators, Date.now()))) {
    return whole(content, headers, visit);
  }
  const completeLength = content.byteLength;
  const resolved = resolveRange(range, completeLength);
  if (resolved === "unsatisfiable") return problemResponse({ kind: "range-not-satisfiable", completeLength }, visit);
  const { first, last } = resolved;
  headers.set("Content-Range", `bytes ${first}-${last}/${completeLength}`);
  headers.set("Content-Length", String(last - first + 1));
  return new Response(content.slice(first, last + 1), { status: 206, headers });
}

function whole(content: PresetAnswer["content"], headers: Headers, { request }: Visit): Response {
  return new Response(request.method === "HEAD" ? null : content, { headers });
}

function setValidators(headers: Headers, etag: string | undefined): void {
  if (etag === undefined) headers.delete("Last-Modified");
  setOrDelete(headers, "ETag", etag);
}

function setOrDelete(headers: Headers, name: string, value: string | undefined): void {
  if (value === undefined) headers.delete(name);
  else headers.set(name, value);
}

/** The usual file extension of an image type. */
function endingOf(contentType: string): string {
  const subtype = /^image\/(\w+)/.exec(contentType)?.[1] ?? "img";
  return subtype === "jpeg" ? "jpg" : subtype;
}
