import { corsFields } from "../access/cors.ts";
import type { Visit } from "../visit.ts";
import type { Caching } from "./caching.ts";

export type Fields = Record<string, string>;

/** Cloudflare drops a longer tag, and says nothing. Source: https://developers.cloudflare.com/workers/cache/purge/#attach-tags-on-write */
const LONGEST_TAG = 1024;

/** What every answer of the site says, whatever its status. */
export function everyResponse(visit: Visit): Fields {
  return { ...baseFields(), ...corsOf(visit) };
}

/** The same without CORS, for when the settings do not parse. */
export function baseFields(): Fields {
  return {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Timing-Allow-Origin": "*",
  };
}

/** What a purge of a file or a folder names; undefined when it would be too long. */
export function cacheTagOf(canonicalPath: string): string | undefined {
  // A comma stands between two tags.
  const tag = canonicalPath.replaceAll(",", "%2C");
  return tag.length <= LONGEST_TAG ? tag : undefined;
}

/** Names the file, whatever address or preset it was asked for by, so that a purge reaches all of its answers. */
export function addCacheTag(fields: Fields, canonicalPath: string): void {
  const tag = cacheTagOf(canonicalPath);
  if (tag !== undefined) fields["Cache-Tag"] = tag;
}

/** The CORS fields. With a list of origins the answer varies by `Origin`. */
export function corsOf({ site, request }: Visit): Fields {
  const origins = site.settings.corsOrigins;
  const requestOrigin = origins.kind === "any" ? null : request.headers.get("Origin");
  return Object.fromEntries(corsFields({ origins, requestOrigin }));
}

/** Sets fields of an answer, in place of those of the same names. */
export function setFields(headers: Headers, fields: Fields | Caching): void {
  for (const [name, value] of Object.entries(fields)) headers.set(name, value);
}

/** Adds a name to `Vary`. */
export function addVary(fields: Fields, name: string): void {
  fields.Vary = fields.Vary === undefined ? name : `${fields.Vary}, ${name}`;
}
