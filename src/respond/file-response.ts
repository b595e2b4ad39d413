import type { StoredFile } from "../b2/stored-file.ts";
import { canRunScript } from "../http/content-type.ts";
import { formatHttpDate } from "../http/date.ts";
import type { Visit } from "../visit.ts";
import { fileCaching, notFoundCaching } from "./caching.ts";
import { addCacheTag, everyResponse, type Fields } from "./fields.ts";

/** The only fields of B2 that a client sees. */
const CONTENT_FIELDS = [
  "Content-Type",
  "Content-Length",
  "Content-Range",
  "Content-Encoding",
  "Content-Disposition",
  "Content-Language",
] as const;
/** What describes the page of a 404: it has no validator and no ranges. */
const PAGE_FIELDS = ["Content-Type", "Content-Length", "Content-Encoding", "Content-Language"] as const;

/** A file of the bucket must never act as the site: a sandbox without scripts, that can still show itself. */
const SANDBOX = "sandbox; default-src 'none'; img-src *; media-src *; style-src 'unsafe-inline'";

/** What an answer is kept under. */
export interface Address {
  /** The URL path in its normal encoding. */
  canonicalPath: string;
  /** The version of the file that the query names. */
  version: string | undefined;
}

/** B2's 200 or 206, what is known of its file, and the address that asked for it. */
export interface StoredImage {
  stored: Response;
  file: StoredFile;
  address: Address;
  /** Turns B2's 200 for a range that covers the whole file into a 206. */
  contentRange?: string | undefined;
}

/** An image: content untouched, fields by allow-list. */
export function imageResponse({ stored, file, address, contentRange }: StoredImage, visit: Visit): Response {
  const fields = fileFields(file, address, visit);
  copyContentFields(stored, CONTENT_FIELDS, fields);
  if (contentRange !== undefined) fields["Content-Range"] = contentRange;
  const status = contentRange === undefined ? stored.status : 206;
  return new Response(bodyFor(visit, stored), { status, headers: fields });
}

/** RFC 9110 §15.4.5: the fields that a 200 would have and a cache needs, and nothing of the content. */
export function notModifiedResponse(file: StoredFile, address: Address, visit: Visit): Response {
  return new Response(null, { status: 304, headers: fileFields(file, address, visit) });
}

/** The file that the owner chose as the body of a 404. */
export function notFoundFileResponse(page: Response, { canonicalPath }: Address, visit: Visit): Response {
  const fields: Fields = { ...everyResponse(visit), ...notFoundCaching(visit.site.settings) };
  copyContentFields(page, PAGE_FIELDS, fields);
  addCacheTag(fields, canonicalPath);
  return new Response(bodyFor(visit, page), { status: 404, headers: fields });
}

function fileFields(file: StoredFile, { canonicalPath, version }: Address, visit: Visit): Fields {
  const fields: Fields = {
    ...everyResponse(visit),
    ...fileCaching(file, version, visit.site.settings),
    ETag: file.etag,
    "Accept-Ranges": "bytes",
  };
  if (file.lastModifiedAt !== undefined) fields["Last-Modified"] = formatHttpDate(file.lastModifiedAt);
  addCacheTag(fields, canonicalPath);
  return fields;
}

function copyContentFields(from: Response, names: readonly string[], fields: Fields): void {
  for (const name of names) {
    const value = from.headers.get(name);
    if (value !== null) fields[name] = value;
  }
  if (canRunScript(fields["Content-Type"] ?? null)) fields["Content-Security-Policy"] = SANDBOX;
}

function bodyFor({ request }: Visit, { body }: Response): Response["body"] {
  return request.method === "HEAD" ? null : body;
}
