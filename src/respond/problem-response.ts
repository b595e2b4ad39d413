import { prefersHtml } from "../http/accept.ts";
import { type Problem, problemOf, type Rejection } from "../rejection.ts";
import type { Visit } from "../visit.ts";
import { NO_STORE, notFoundCaching } from "./caching.ts";
import { addCacheTag, addVary, baseFields, corsOf, type Fields } from "./fields.ts";
import type { Address } from "./file-response.ts";

/**
 * Responds to a refused request with problem details (RFC 9457), or with a small page if the request prefers HTML. A 404 is
 * cached, so it is the same page for everybody: otherwise a cache would store one for each value of `Accept`, with the first
 * visitor's ray id. `asked` has no site while the settings do not parse. `address` is that of the file that was asked for.
 */
export function problemResponse(
  rejection: Rejection,
  asked: Visit | { request: Request },
  address?: Pick<Address, "canonicalPath">,
): Response {
  const { request } = asked;
  const isStored = rejection.kind === "not-found";
  const problem = problemOf(rejection);
  const fields: Fields = { ...baseFields(), ...problem.fields, ...NO_STORE };
  if ("site" in asked) {
    Object.assign(fields, corsOf(asked));
    if (isStored) Object.assign(fields, notFoundCaching(asked.site.settings));
    if (address !== undefined) addCacheTag(fields, address.canonicalPath);
  }
  if (!isStored) addVary(fields, "Accept");
  const html = isStored || prefersHtml(request.headers.get("Accept"));
  const ray = isStored ? null : request.headers.get("CF-Ray");
  const text = html ? problemPage(problem, ray) : problemJson(problem, ray);
  fields["Content-Type"] = html ? "text/html; charset=utf-8" : "application/problem+json";
  fields["Content-Length"] = String(new TextEncoder().encode(text).length);
  if (html) fields["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'";
  return new Response(request.method === "HEAD" ? null : text, { status: problem.status, headers: fields });
}

function problemJson({ title, status, detail }: Problem, ray: string | null): string {
  return JSON.stringify({ type: "about:blank", title, status, detail, ...(ray !== null && { instance: ray }) });
}

/** The detail may quote what the owner has sent, so its markup is escaped. The ray id is checked, and the title is a constant. */
function problemPage({ title, status, detail }: Problem, ray: string | null): string {
  const instance = ray !== null && /^[\w-]+$/.test(ray) ? `<p><small>${ray}</small></p>` : "";
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${status} ${title}</title>
<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:15vh auto;padding:0 1rem;color-scheme:light dark}</style>
<h1>${title}</h1><p>${detail.replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</p>${instance}
</html>
`;
}
