import { freshnessSeconds } from "../http/cache-control.ts";
import { addCors, edgeCaching, type Fields, notFoundEdgeCaching, type ResponseContext } from "./fields.ts";

/** How an answer that passed a check may be kept: by the visitor's own browser, so long, and by nobody else. */
export interface CheckedFor {
  maxAgeSeconds: number;
}

/**
 * An answer of the `Images` entrypoint for another URL: its content, and the caching and CORS fields of this request.
 * With `checked`, no cache in front of the check may keep it, and a browser only so long, or shorter if the file says so.
 */
export function relayedResponse(inner: Response, context: ResponseContext, checked?: CheckedFor): Response {
  const response = new Response(inner.body, inner);
  const { headers } = response;
  const cors: Fields = {};
  addCors(cors, context);
  for (const [name, value] of Object.entries(cors)) {
    if (name === "Vary") addVaryField(headers, value);
    else headers.set(name, value);
  }
  const served = inner.status === 200 || inner.status === 206 || inner.status === 304;
  if (checked !== undefined) {
    const maxAgeSeconds = Math.min(checked.maxAgeSeconds, freshnessSeconds(headers.get("Cache-Control") ?? ""));
    headers.set("Cache-Control", served ? `private, max-age=${maxAgeSeconds}` : "no-store");
    headers.set("Cloudflare-CDN-Cache-Control", "no-store");
    // The age is that of the stored copy: it would eat up the browser's own time.
    headers.delete("Age");
  } else if (served) {
    headers.set("Cloudflare-CDN-Cache-Control", edgeCaching(context.settings));
  } else if (inner.status === 404) {
    headers.set("Cloudflare-CDN-Cache-Control", notFoundEdgeCaching(context.settings));
  } else {
    headers.set("Cloudflare-CDN-Cache-Control", "no-store");
  }
  return response;
}

/** The entrypoint may have said it already. */
function addVaryField(headers: Headers, name: string): void {
  const named = (headers.get("Vary") ?? "").split(",").map((part) => part.trim().toLowerCase());
  if (!named.includes(name.toLowerCase())) headers.append("Vary", name);
}
