import { CLIENT_FIELD, clientAddress } from "../access/client-address.ts";
import { canonicalPath, readPath } from "../b2/file-name.ts";
import { dropContent } from "../http/drop-content.ts";
import { cutUrl, type Target, versionIn } from "../locate.ts";
import type { Rejection } from "../rejection.ts";
import type { Address } from "../respond/file-response.ts";
import type { Visit } from "../visit.ts";
import { type Checked, relayed } from "./relay.ts";

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

/** The image that a request is for, and who asks. */
export interface AskedImage extends Address {
  /** The path in the bucket, without the prefix of the settings. */
  path: string;
  clientAddress: string | null;
}

/**
 * Asks the `Images` entrypoint, through its cache, for an image that came by another URL or passed a check. With
 * `checked`, no cache in front of the check may keep the answer, and a browser only while the check holds.
 */
export async function askImages(visit: Visit, { versionedPath }: Target, checked?: Checked): Promise<Response> {
  return relayed(await visit.exports.Images.fetch(forwardedRequest(visit, versionedPath)), visit, checked);
}

/** The request of a visitor for another entrypoint: what it may know of it, and who asks. */
export function forwardedRequest({ request }: Visit, address: string): Request {
  const headers = new Headers();
  for (const name of FORWARDED_FIELDS) {
    const value = request.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  headers.set(CLIENT_FIELD, clientAddress(request) ?? "");
  return new Request(new URL(address, request.url), { method: request.method, headers });
}

/**
 * Asks `Images`, through its cache, for the whole original that a preset is made of. Its miss is counted for nobody: that of
 * the preset was.
 */
export async function askForOriginal({ request, exports }: Visit, versionedPath: string): Promise<Response> {
  const headers = new Headers();
  for (const name of ["Accept", "CF-Ray"]) {
    const value = request.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  return await exports.Images.fetch(new Request(new URL(versionedPath, request.url), { headers }));
}

/** The other half: what `askImages` asks for. Every check was made, and the URL is the canonical one. */
export function readAsked({ request, site }: Visit): AskedImage | Rejection {
  const url = cutUrl(request.url);
  const reading = readPath(url.path);
  if (reading.kind === "bad") return { kind: "bad-request", detail: reading.detail };
  const version = versionIn(url.query, site.settings);
  return {
    path: reading.path,
    canonicalPath: `/${url.path}`,
    version,
    clientAddress: request.headers.get(CLIENT_FIELD),
  };
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
