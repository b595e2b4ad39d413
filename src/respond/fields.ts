import { corsFields } from "../access/cors.ts";
import type { Visit } from "../visit.ts";
import type { Caching } from "./caching.ts";

export type Fields = Record<string, string>;

/** Cloudflare silently drops longer tags. Source: https://developers.cloudflare.com/workers/cache/purge/#attach-tags-on-write */
const LONGEST_TAG = 1024;

/** The fields of every answer of the site, with any status. */
export function everyResponse(visit: Visit): Fields {
  return { ...baseFields(), ...corsOf(visit) };
}

/** The fields of every answer without those of CORS, which need settings that parse. */
export function baseFields(): Fields {
  return {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Timing-Allow-Origin": "*",
  };
}

/** The cache tag of a file or folder, which a purge names; undefined when it would be too long. */
export function cacheTagOf(canonicalPath: string): string | undefined {
  // Commas separate tags.
  const tag = canonicalPath.replaceAll(",", "%2C");
  return tag.length <= LONGEST_TAG ? tag : undefined;
}

/** Tags an answer with its file or folder. Every address and preset gets the same tag, so that a purge reaches all of them. */
export function addCacheTag(fields: Fields, canonicalPath: string): void {
  const tag = cacheTagOf(canonicalPath);
  if (tag !== undefined) fields["Cache-Tag"] = tag;
}

/** The CORS fields for a request. With a list of origins the answer varies by `Origin`. */
export function corsOf({ site, request }: Visit): Fields {
  const origins = site.settings.corsOrigins;
  const requestOrigin = origins.kind === "any" ? null : request.headers.get("Origin");
  return Object.fromEntries(corsFields({ origins, requestOrigin }));
}

/** Sets fields, and replaces those that have the same names. */
export function setFields(headers: Headers, fields: Fields | Partial<Caching>): void {
  for (const [name, value] of Object.entries(fields)) headers.set(name, value);
}

/** Adds a name to `Vary`. */
export function addVary(fields: Fields, name: string): void {
  fields.Vary = fields.Vary === undefined ? name : `${fields.Vary}, ${name}`;
}
