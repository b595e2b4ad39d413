import { ifRangeHolds } from "../http/conditional.ts";
import { withFileExtension } from "../http/content-disposition.ts";
import { parseRange, resolveRange } from "../http/range.ts";
import type { Visit } from "../visit.ts";
import { type Caching, defaultCaching, isOfProvenVersion } from "./caching.ts";
import { problemResponse } from "./problem-response.ts";

/**
 * What came of a preset: a result; the original, since there will be none; or the original for now, since it failed. Or
 * nothing, since this format does not suit the image, or since it would be the same in the format that is named.
 */
export type PresetOutcome = PresetAnswer["outcome"] | "unsuitable" | "avif" | "webp";

/** Tells the gateway what came of a preset; no visitor sees it. */
export const OUTCOME_FIELD = "X-Preset-Outcome";
/** How long the original stands in for a result that failed: then it is tried again. */
export const FOR_NOW_SECONDS = 300;
/** What describes content (RFC 9110 §8), and is not in a 304. */
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
  /** A result is read already; an original may not be. */
  content: ArrayBuffer | Response["body"];
  contentType: string | null;
  /** Undefined for what passes: with a validator a cache could ask whether it is still the same, and keep it. */
  etag: string | undefined;
}

/**
 * A result or its original, with the fields of the original where they hold for it too: that is an answer of `Images`, whose
 * lifetimes are what is left of it.
 */
export function presetResponse(original: Response, answer: PresetAnswer, visit: Visit): Response {
  const { outcome, content, contentType, etag } = answer;
  const headers = presetFields(original, outcome, visit);
  if (etag === undefined) headers.delete("Last-Modified");
  setOrDelete(headers, "ETag", etag);
  setOrDelete(headers, "Content-Type", contentType ?? undefined);
  const disposition = headers.get("Content-Disposition");
  if (outcome === "made" && disposition !== null && contentType !== null) {
    headers.set("Content-Disposition", withFileExtension(disposition, endingOf(contentType)));
  }
  return content instanceof ArrayBuffer ? wholeOrPart(content, headers, visit) : whole(content, headers, visit);
}

/** RFC 9110 §15.4.5: what a cache has is what it would get. */
export function presetNotModifiedResponse(original: Response, etag: string, visit: Visit): Response {
  const headers = presetFields(original, "made", visit);
  for (const name of CONTENT_FIELDS) headers.delete(name);
  headers.set("ETag", etag);
  return new Response(null, { status: 304, headers });
}

/**
 * Says that there is nothing to show: no result in this format, or none at all where the original must not be shown. Caches
 * keep it as long as they would keep an image. It is no 200, which a cache would cut for a range.
 */
export function presetMarker(original: Response, outcome: PresetOutcome, visit: Visit): Response {
  const headers = presetFields(original, outcome, visit);
  for (const name of [...CONTENT_FIELDS, "ETag", "Last-Modified", "Accept-Ranges"]) headers.delete(name);
  return new Response(null, { status: 404, headers });
}

function presetFields(original: Response, outcome: PresetOutcome, visit: Visit): Headers {
  const headers = new Headers(original.headers);
  headers.set(OUTCOME_FIELD, outcome);
  const caching = outcome === "for-now" ? forNowCaching(visit) : lastingCaching(original, visit);
  for (const [name, value] of Object.entries(caching)) headers.set(name, value);
  return headers;
}

function forNowCaching({ site }: Visit): Caching {
  const lifetime = `public, max-age=${FOR_NOW_SECONDS}`;
  const whileFailing = `stale-if-error=${site.settings.edgeStaleIfErrorSeconds}`;
  return { "Cache-Control": lifetime, "Cloudflare-CDN-Cache-Control": `${lifetime}, ${whileFailing}` };
}

/** A proven version is that of the file: the preset may have another recipe tomorrow, so its result is not kept for ever. */
function lastingCaching(original: Response, { site }: Visit): Partial<Caching> {
  const edge = original.headers.get("Cloudflare-CDN-Cache-Control") ?? "";
  return isOfProvenVersion(edge) ? defaultCaching(site.settings) : {};
}

/** RFC 9110 §14: a part of what is in memory. The date of an original is no strong validator for what is made of it. */
function wholeOrPart(content: ArrayBuffer, headers: Headers, visit: Visit): Response {
  const { request } = visit;
  headers.set("Content-Length", String(content.byteLength));
  const range = request.method === "GET" ? parseRange(request.headers.get("Range")) : undefined;
  const ifRange = request.headers.get("If-Range");
  const validators = { etag: headers.get("ETag") ?? "", lastModifiedAt: undefined };
  if (range === undefined || (ifRange !== null && !ifRangeHolds(ifRange, validators))) {
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

function setOrDelete(headers: Headers, name: string, value: string | undefined): void {
  if (value === undefined) headers.delete(name);
  else headers.set(name, value);
}

/** The ending that files of an image type have. */
function endingOf(contentType: string): string {
  const subtype = /^image\/(\w+)/.exec(contentType)?.[1] ?? "img";
  return subtype === "jpeg" ? "jpg" : subtype;
}
