import type { StoredFile } from "./b2/stored-file.ts";
import { prefersHtml } from "./http/accept.ts";
import { allowsStoring, freshnessSeconds } from "./http/cache-control.ts";
import { canRunScript } from "./http/content-type.ts";
import { formatHttpDate } from "./http/date.ts";
import { corsFields } from "./policy/cors.ts";
import { type Problem, problemOf, type Rejection } from "./rejection.ts";
import type { Settings } from "./settings.ts";

/** What a response is made with, besides its content. */
export interface ResponseContext {
  settings: Settings;
  request: Request;
}

/** How an answer that passed a check may be kept: by the visitor's own browser, so long, and by nobody else. */
export interface CheckedFor {
  maxAgeSeconds: number;
}

type Fields = Record<string, string>;

/** The only fields of B2 that a client sees. */
const CONTENT_FIELDS = [
  "Content-Type",
  "Content-Length",
  "Content-Range",
  "Content-Encoding",
  "Content-Disposition",
  "Content-Language",
] as const;

/** A file of the bucket must never act as the site: a sandbox without scripts, that can still show itself. */
const SANDBOX = "sandbox; default-src 'none'; img-src *; media-src *; style-src 'unsafe-inline'";

export const NO_STORE: Fields = { "Cache-Control": "no-store", "Cloudflare-CDN-Cache-Control": "no-store" };

/** B2's 200 or 206 as an image response: content untouched, fields by allow-list. `range` turns a whole-file 200 into 206. */
export function imageResponse(
  stored: Response,
  file: StoredFile,
  context: ResponseContext,
  contentRange?: string,
): Response {
  const fields = fileFields(file, context);
  for (const name of CONTENT_FIELDS) {
    const value = stored.headers.get(name);
    if (value !== null) fields[name] = value;
  }
  if (canRunScript(fields["Content-Type"] ?? null)) fields["Content-Security-Policy"] = SANDBOX;
  if (contentRange !== undefined) fields["Content-Range"] = contentRange;
  const status = contentRange === undefined ? stored.status : 206;
  const body = context.request.method === "HEAD" ? null : stored.body;
  return new Response(body, { status, headers: fields });
}

/** RFC 9110 §15.4.5: the fields that a 200 would have and a cache needs, and nothing of the content. */
export function notModifiedResponse(file: StoredFile, context: ResponseContext): Response {
  return new Response(null, { status: 304, headers: fileFields(file, context) });
}

/** The file that the owner chose as the body of a 404. */
export function notFoundFileResponse(stored: Response, context: ResponseContext): Response {
  const fields: Fields = { ...everyResponse(context), ...notFoundCaching(context.settings) };
  for (const name of ["Content-Type", "Content-Length", "Content-Encoding", "Content-Language"]) {
    const value = stored.headers.get(name);
    if (value !== null) fields[name] = value;
  }
  if (canRunScript(fields["Content-Type"] ?? null)) fields["Content-Security-Policy"] = SANDBOX;
  const body = context.request.method === "HEAD" ? null : stored.body;
  return new Response(body, { status: 404, headers: fields });
}

/** A refusal as problem details (RFC 9457), or as a small page for who prefers HTML. */
export function problemResponse(rejection: Rejection, context: { settings?: Settings; request: Request }): Response {
  const { request, settings } = context;
  const problem = problemOf(rejection);
  const fields: Fields = { ...baseFields(), ...problem.fields, ...NO_STORE };
  if (settings !== undefined) {
    addCors(fields, { settings, request });
    if (rejection.kind === "not-found") Object.assign(fields, notFoundCaching(settings));
  }
  addVary(fields, "Accept");
  const html = prefersHtml(request.headers.get("Accept"));
  const ray = request.headers.get("CF-Ray");
  const text = html ? problemPage(problem, ray) : problemJson(problem, ray);
  fields["Content-Type"] = html ? "text/html; charset=utf-8" : "application/problem+json";
  fields["Content-Length"] = String(new TextEncoder().encode(text).length);
  if (html) fields["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'";
  return new Response(request.method === "HEAD" ? null : text, { status: problem.status, headers: fields });
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

function fileFields(file: StoredFile, context: ResponseContext): Fields {
  const { settings } = context;
  const own = file.cacheControl;
  const fields: Fields = {
    ...everyResponse(context),
    ETag: file.etag,
    "Accept-Ranges": "bytes",
    "Cache-Control": own !== null && allowsStoring(own) ? own : `public, max-age=${settings.browserMaxAgeSeconds}`,
    "Cloudflare-CDN-Cache-Control": edgeCaching(settings),
  };
  if (file.lastModifiedAt !== undefined) fields["Last-Modified"] = formatHttpDate(file.lastModifiedAt);
  return fields;
}

function everyResponse(context: ResponseContext): Fields {
  const fields = baseFields();
  addCors(fields, context);
  return fields;
}

function baseFields(): Fields {
  return {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Timing-Allow-Origin": "*",
  };
}

function edgeCaching(settings: Settings): string {
  const { edgeMaxAgeSeconds, edgeStaleWhileRevalidateSeconds, edgeStaleIfErrorSeconds } = settings;
  return `public, max-age=${edgeMaxAgeSeconds}, stale-while-revalidate=${edgeStaleWhileRevalidateSeconds}, stale-if-error=${edgeStaleIfErrorSeconds}`;
}

/** Without `stale-if-error=0` Cloudflare would keep a dead 404 alive without end. */
function notFoundCaching(settings: Settings): Fields {
  return {
    "Cache-Control": `public, max-age=${settings.notFoundMaxAgeSeconds}`,
    "Cloudflare-CDN-Cache-Control": notFoundEdgeCaching(settings),
  };
}

function notFoundEdgeCaching({ notFoundMaxAgeSeconds }: Settings): string {
  return `public, max-age=${notFoundMaxAgeSeconds}, stale-if-error=0`;
}

function addCors(fields: Fields, { settings, request }: ResponseContext): void {
  const requestOrigin = settings.corsOrigins.kind === "any" ? null : request.headers.get("Origin");
  for (const [name, value] of corsFields({ origins: settings.corsOrigins, requestOrigin })) {
    if (name === "Vary") addVary(fields, value);
    else fields[name] = value;
  }
}

function addVary(fields: Fields, name: string): void {
  fields.Vary = fields.Vary === undefined ? name : `${fields.Vary}, ${name}`;
}

/** The entrypoint may have said it already. */
function addVaryField(headers: Headers, name: string): void {
  const named = (headers.get("Vary") ?? "").split(",").map((part) => part.trim().toLowerCase());
  if (!named.includes(name.toLowerCase())) headers.append("Vary", name);
}

function problemJson({ title, status, detail }: Problem, ray: string | null): string {
  return JSON.stringify({ type: "about:blank", title, status, detail, ...(ray !== null && { instance: ray }) });
}

/** Title and detail are our own words; nothing of the request stands in them but a number, and the ray id is checked. */
function problemPage({ title, status, detail }: Problem, ray: string | null): string {
  const instance = ray !== null && /^[\w-]+$/.test(ray) ? `<p><small>${ray}</small></p>` : "";
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${status} ${title}</title>
<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:15vh auto;padding:0 1rem;color-scheme:light dark}</style>
<h1>${title}</h1><p>${detail}</p>${instance}
</html>
`;
}
