import type { StoredFile } from "../b2/stored-file.ts";
import { allowsStoring } from "../http/cache-control.ts";
import { canRunScript } from "../http/content-type.ts";
import { formatHttpDate } from "../http/date.ts";
import type { Visit } from "../visit.ts";
import { edgeCaching, everyResponse, type Fields, notFoundCaching } from "./fields.ts";

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

/** B2's 200 or 206, and what is known of its file. */
export interface StoredImage {
  stored: Response;
  file: StoredFile;
  /** Turns B2's 200 for a range that covers the whole file into a 206. */
  contentRange?: string | undefined;
}

/** An image: content untouched, fields by allow-list. */
export function imageResponse({ stored, file, contentRange }: StoredImage, visit: Visit): Response {
  const fields = fileFields(file, visit);
  copyContentFields(stored, CONTENT_FIELDS, fields);
  if (contentRange !== undefined) fields["Content-Range"] = contentRange;
  const status = contentRange === undefined ? stored.status : 206;
  return new Response(bodyFor(visit, stored), { status, headers: fields });
}

/** RFC 9110 §15.4.5: the fields that a 200 would have and a cache needs, and nothing of the content. */
export function notModifiedResponse(file: StoredFile, visit: Visit): Response {
  return new Response(null, { status: 304, headers: fileFields(file, visit) });
}

/** The file that the owner chose as the body of a 404. */
export function notFoundFileResponse(page: Response, visit: Visit): Response {
  const fields: Fields = { ...everyResponse(visit), ...notFoundCaching(visit.site.settings) };
  copyContentFields(page, PAGE_FIELDS, fields);
  return new Response(bodyFor(visit, page), { status: 404, headers: fields });
}

function fileFields(file: StoredFile, visit: Visit): Fields {
  const { settings } = visit.site;
  const own = file.cacheControl;
  const fields: Fields = {
    ...everyResponse(visit),
    ETag: file.etag,
    "Accept-Ranges": "bytes",
    "Cache-Control": own !== null && allowsStoring(own) ? own : `public, max-age=${settings.browserMaxAgeSeconds}`,
    "Cloudflare-CDN-Cache-Control": edgeCaching(settings),
  };
  if (file.lastModifiedAt !== undefined) fields["Last-Modified"] = formatHttpDate(file.lastModifiedAt);
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
