import { canonicalPath, readPath } from "../b2/file-name.ts";
import { dropContent } from "../http/drop-content.ts";
import { cutUrl, type Target, versionIn } from "../locate.ts";
import type { Rejection } from "../rejection.ts";
import { type Caching, NO_STORE } from "../respond/caching.ts";
import { addCors, type Fields } from "../respond/fields.ts";
import type { Address } from "../respond/file-response.ts";
import { checkedCaching, openCaching } from "../respond/relayed-caching.ts";
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
export const CLIENT_FIELD = "X-Client-Address";
/** Cloudflare takes these out of what an entrypoint answers: for the one that asked, `Images` says them under another name too. */
const TAKEN_OUT = ["Cloudflare-CDN-Cache-Control", "Cache-Tag"] as const;
const CARRIED = "X-Carried-";

/** The image that a request is for, and who asks. */
export interface AskedImage extends Address {
  /** The path in the bucket, without the prefix of the settings. */
  path: string;
  clientAddress: string | null;
}

/** A check was passed, and holds for so many seconds: Infinity when nothing ends it. */
export interface Checked {
  validSeconds: number;
}

/**
 * Asks the `Images` entrypoint, through its cache, for an image that came by another URL or passed a check. With
 * `checked`, no cache in front of the check may keep the answer, and a browser only while the check holds.
 */
export async function askImages(visit: Visit, { versionedPath }: Target, checked?: Checked): Promise<Response> {
  const { request } = visit;
  const headers = new Headers();
  for (const name of FORWARDED_FIELDS) {
    const value = request.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  headers.set(CLIENT_FIELD, clientAddress(request) ?? "");
  const asking = new Request(new URL(versionedPath, request.url), { method: request.method, headers });
  return relayed(await visit.exports.Images.fetch(asking), visit, checked);
}

/** The other half: what `askImages` asks for. Every check was made, and the URL is the canonical one. */
export function readAsked({ request, site }: Visit): AskedImage | Rejection {
  const url = cutUrl(request.url);
  const reading = readPath(url.path);
  if (reading.kind === "bad") return { kind: "bad-request", detail: reading.detail };
  const version = versionIn(url.query, site.settings);
  const address = request.headers.get(CLIENT_FIELD);
  return { path: reading.path, canonicalPath: `/${url.path}`, version, clientAddress: address };
}

/** An answer of `Images` as `askImages` gets it. */
export function carryOut(answer: Response): Response {
  for (const name of TAKEN_OUT) {
    const value = answer.headers.get(name);
    if (value !== null) answer.headers.set(CARRIED + name, value);
  }
  return answer;
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
function relayed(inner: Response, visit: Visit, checked: Checked | undefined): Response {
  const response = new Response(inner.body, inner);
  const { headers } = response;
  const cors: Fields = {};
  addCors(cors, visit);
  for (const [name, value] of Object.entries(cors)) {
    if (name === "Vary") addVaryField(headers, value);
    else headers.set(name, value);
  }
  for (const name of TAKEN_OUT) {
    const value = headers.get(CARRIED + name);
    headers.delete(CARRIED + name);
    if (value !== null) headers.set(name, value);
  }
  for (const [name, value] of Object.entries(cachingOf(response, visit, checked))) headers.set(name, value);
  // The lifetimes above are what is left. A browser would take the copy's age off again: it knows it from either field
  // (RFC 9111 §4.2.3).
  headers.delete("Age");
  headers.delete("Date");
  return response;
}

function cachingOf({ status, headers }: Response, { site }: Visit, checked: Checked | undefined): Caching {
  const isServed = status === 200 || status === 206 || status === 304;
  if (checked !== undefined && !isServed) return NO_STORE;
  const copy = {
    "Cache-Control": headers.get("Cache-Control") ?? "no-store",
    "Cloudflare-CDN-Cache-Control": headers.get("Cloudflare-CDN-Cache-Control") ?? "no-store",
    ageSeconds: Number(headers.get("Age")) || 0,
  };
  if (checked === undefined) return openCaching(copy);
  return checkedCaching(copy, { ...checked, browserMaxAgeSeconds: site.settings.browserMaxAgeSeconds });
}

/** The entrypoint may have said it already. */
function addVaryField(headers: Headers, name: string): void {
  const named = (headers.get("Vary") ?? "").split(",").map((part) => part.trim().toLowerCase());
  if (!named.includes(name.toLowerCase())) headers.append("Vary", name);
}
