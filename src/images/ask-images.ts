import { CLIENT_FIELD, clientAddress } from "../access/client-address.ts";
import { canonicalPath, readPath } from "../b2/file-name.ts";
import { dropContent } from "../http/drop-content.ts";
import { cutUrl, type Target, versionIn } from "../locate.ts";
import type { Rejection } from "../rejection.ts";
import type { Address } from "../respond/file-response.ts";
import type { Visit } from "../visit.ts";
import { type Checked, relayed } from "./relay.ts";

/** The request fields that `Images` gets from a browser's request: no cookie, no credential, no origin. */
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

/** Tells `Images` that a 404 needs no `NOT_FOUND_FILE`. Like the visitor's address, no visitor can send it. */
const LOOK_UP_FIELD = "X-Look-Up";

/** The image that `Images` is asked for, and the visitor's address. */
export interface AskedImage extends Address {
  /** The path in the bucket, without the prefix of the settings. */
  path: string;
  clientAddress: string | null;
  /** Whether only the file is of use: another answer takes the place of its 404. */
  isLookUp: boolean;
}

/**
 * Asks the `Images` entrypoint, through its cache, for an image that was requested by another URL or needed a check. With
 * `checked`, no cache in front of the check may keep the answer, and a browser only for as long as the check holds.
 */
export async function askImages(
  visit: Visit,
  { versionedPath, isLookUp }: Target,
  checked?: Checked,
): Promise<Response> {
  const request = forwardedRequest(visit, versionedPath);
  if (isLookUp === true) request.headers.set(LOOK_UP_FIELD, "1");
  return relayed(await visit.exports.Images.fetch(request), visit, checked);
}

/** Makes a visitor's request for another entrypoint, with the fields that it may see and the visitor's address. */
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
 * Asks `Images`, through its cache, for the whole original that a preset is made from. It does not count as a miss of the
 * visitor, since the preset's miss has been counted.
 */
export async function askForOriginal({ request, exports }: Visit, versionedPath: string): Promise<Response> {
  const headers = new Headers();
  for (const name of ["Accept", "CF-Ray"]) {
    const value = request.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  return await exports.Images.fetch(new Request(new URL(versionedPath, request.url), { headers }));
}

/** Reads a request of `askImages`. Access was checked before it was sent, and its URL is canonical. */
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
    isLookUp: request.headers.has(LOOK_UP_FIELD),
  };
}

/**
 * Marks a 404 that has no `NOT_FOUND_FILE` because a look-up asked, so that the cache of `Images` gives it to look-ups only. The
 * file itself and a 404 with the page do not vary: they are for both.
 */
export function forLookUpsOnly(answer: Response): Response {
  answer.headers.append("Vary", LOOK_UP_FIELD);
  return answer;
}

/** Gets `NOT_FOUND_FILE` through the cache of `Images`, so that a wrong link does not cost two calls to B2. */
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
