import { corsFields } from "../access/cors.ts";
import type { Settings } from "../settings.ts";
import type { Visit } from "../visit.ts";

export type Fields = Record<string, string>;

export const NO_STORE: Fields = { "Cache-Control": "no-store", "Cloudflare-CDN-Cache-Control": "no-store" };

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

/** How long Cloudflare may keep an image. */
export function edgeCaching(settings: Settings): string {
  const { edgeMaxAgeSeconds, edgeStaleWhileRevalidateSeconds, edgeStaleIfErrorSeconds } = settings;
  return `public, max-age=${edgeMaxAgeSeconds}, stale-while-revalidate=${edgeStaleWhileRevalidateSeconds}, stale-if-error=${edgeStaleIfErrorSeconds}`;
}

/** Without `stale-if-error=0` Cloudflare would keep a dead 404 alive without end. */
export function notFoundCaching(settings: Settings): Fields {
  return {
    "Cache-Control": `public, max-age=${settings.notFoundMaxAgeSeconds}`,
    "Cloudflare-CDN-Cache-Control": notFoundEdgeCaching(settings),
  };
}

/** How long Cloudflare may keep a 404. */
export function notFoundEdgeCaching({ notFoundMaxAgeSeconds }: Settings): string {
  return `public, max-age=${notFoundMaxAgeSeconds}, stale-if-error=0`;
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
