import { preflightFields } from "../access/cors.ts";
import type { Visit } from "../visit.ts";
import { NO_STORE } from "./caching.ts";

/** Answers OPTIONS with 204: the methods that exist here (RFC 9110 §9.3.7), and what CORS allows the asking origin. */
export function preflightResponse(allow: string, { site, request }: Visit): Response {
  const origins = site.settings.corsOrigins;
  const fields = preflightFields({ origins, requestOrigin: request.headers.get("Origin") });
  return new Response(null, { status: 204, headers: [["Allow", allow], ...Object.entries(NO_STORE), ...fields] });
}
