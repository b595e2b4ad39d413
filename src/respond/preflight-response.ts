import { preflightFields } from "../access/cors.ts";
import type { Visit } from "../visit.ts";
import { NO_STORE } from "./caching.ts";

/** 204 for OPTIONS, with what is allowed here at all (RFC 9110 §9.3.7) and to the origin that asks. */
export function preflightResponse(allow: string, { site, request }: Visit): Response {
  const origins = site.settings.corsOrigins;
  const fields = preflightFields({ origins, requestOrigin: request.headers.get("Origin") });
  return new Response(null, { status: 204, headers: [["Allow", allow], ...Object.entries(NO_STORE), ...fields] });
}
