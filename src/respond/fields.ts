import { corsFields } from "../access/cors.ts";
import type { Visit } from "../visit.ts";

export type Fields = Record<string, string>;

/** Cloudflare drops a longer tag, and says nothing. Source: https://developers.cloudflare.com/workers/cache/purge/#attach-tags-on-write */
const LONGEST_TAG = 1024;

/** What every answer of the site says, whatever its status. */
export function everyResponse(visit: Visit): Fields {
  const fields = baseFields();
  addCors(fields, visit);
  return fields;
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

/** With a list of origins the answer varies by `Origin`. */
export function addCors(fields: Fields, { site, request }: Visit): void {
  const { settings } = site;
  const requestOrigin = settings.corsOrigins.kind === "any" ? null : request.headers.get("Origin");
  for (const [name, value] of corsFields({ origins: settings.corsOrigins, requestOrigin })) {
    if (name === "Vary") addVary(fields, value);
    else fields[name] = value;
  }
}

/** Adds a name to `Vary`. */
export function addVary(fields: Fields, name: string): void {
  fields.Vary = fields.Vary === undefined ? name : `${fields.Vary}, ${name}`;
}
