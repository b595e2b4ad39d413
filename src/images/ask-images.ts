import { canonicalPath, readPath } from "../b2/file-name.ts";
import { freshnessSeconds } from "../http/cache-control.ts";
import { dropContent } from "../http/drop-content.ts";
import { cutUrl } from "../locate.ts";
import type { Rejection } from "../rejection.ts";
import { addCors, edgeCaching, type Fields, notFoundEdgeCaching } from "../respond/fields.ts";
import type { Visit } from "../visit.ts";

/** What a browser's request tells `Images`: no cookie, no credential, no origin. */
const FORWARDED_FIELDS = [
  "Range",
  "If-Match",
  "If-None-Match",
  "If-Modified-Since",
  "If-Unmodified-Since",
  "If-Range",
  "Accept",
  "CF-Ray",
];
/** Tells `Images` who is asking, for the limiter. `Images` cannot be reached from outside, so nobody can forge it. */
const CLIENT_FIELD = "X-Client-Address";

/** The image that a request is for, and who asks. */
export interface AskedImage {
  /** The path in the bucket, without the prefix of the settings. */
  path: string;
  clientAddress: string | null;
}

/** How an answer that passed a check may be kept: by the visitor's own browser, so long, and by nobody else. */
export interface CheckedFor {
  maxAgeSeconds: number;
}

/**
 * Asks the `Images` entrypoint, through its cache, for an image that came by another URL or passed a check. With
 * `checked`, no cache in front of the check may keep the answer, and a browser only so long, or shorter if the file says so.
 */
export async function askImages(visit: Visit, path: string, checked?: CheckedFor): Promise<Response> {
  const { request } = visit;
  const headers = new Headers();
  for (const name of FORWARDED_FIELDS) {
    const value = request.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  headers.set(CLIENT_FIELD, clientAddress(request) ?? "");
  const asking = new Request(new URL(path, request.url), { method: request.method, headers });
  return relayed(await visit.exports.Images.fetch(asking), visit, checked);
}

/** The other half: what `askImages` asks for. Every check was made, and the URL is the canonical one. */
export function readAsked(request: Request): AskedImage | Rejection {
  const reading = readPath(cutUrl(request.url).path);
  if (reading.kind === "bad") return { kind: "bad-request", detail: reading.detail };
  return { path: reading.path, clientAddress: request.headers.get(CLIENT_FIELD) };
}

/** The owner's own page for a 404, through the cache, so that a wrong link does not cost two calls to B2. */
export async function askForNotFoundFile(
  { site, request, exports }: Visit,
  missing: string,
): Promise<Response | undefined> {
  const { notFoundFile } = site.settings;
  if (notFoundFile === undefined || notFoundFile === missing) return undefined;
  const url = new URL(canonicalPath(notFoundFile), request.url);
  const page = await exports.Images.fetch(new Request(url, { method: request.method }));
  if (page.status === 200) return page;
  await dropContent(page);
  return undefined;
}

/** The address that Cloudflare gives for who is asking. */
export function clientAddress(request: Request): string | null {
  return request.headers.get("CF-Connecting-IP");
}

/** The content of an answer of `Images`, with the caching and CORS fields of this request. */
function relayed(inner: Response, visit: Visit, checked: CheckedFor | undefined): Response {
  const response = new Response(inner.body, inner);
  const { headers } = response;
  const cors: Fields = {};
  addCors(cors, visit);
  for (const [name, value] of Object.entries(cors)) {
    if (name === "Vary") addVaryField(headers, value);
    else headers.set(name, value);
  }
  const isServed = inner.status === 200 || inner.status === 206 || inner.status === 304;
  if (checked !== undefined) {
    const maxAgeSeconds = Math.min(checked.maxAgeSeconds, freshnessSeconds(headers.get("Cache-Control") ?? ""));
    headers.set("Cache-Control", isServed ? `private, max-age=${maxAgeSeconds}` : "no-store");
    headers.set("Cloudflare-CDN-Cache-Control", "no-store");
    // The age is that of the stored copy: it would eat up the browser's own time.
    headers.delete("Age");
  } else {
    headers.set("Cloudflare-CDN-Cache-Control", edgeCachingOf(inner.status, isServed, visit));
  }
  return response;
}

/** `Images`' cache has taken the field out. */
function edgeCachingOf(status: number, isServed: boolean, { site }: Visit): string {
  if (isServed) return edgeCaching(site.settings);
  return status === 404 ? notFoundEdgeCaching(site.settings) : "no-store";
}

/** The entrypoint may have said it already. */
function addVaryField(headers: Headers, name: string): void {
  const named = (headers.get("Vary") ?? "").split(",").map((part) => part.trim().toLowerCase());
  if (!named.includes(name.toLowerCase())) headers.append("Vary", name);
}
