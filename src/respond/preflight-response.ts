import { preflightFields } from "../access/cors.ts";
import type { Visit } from "../visit.ts";
import { NO_STORE } from "./caching.ts";
import { baseFields } from "./fields.ts";

/** Answers OPTIONS with 204: the methods that exist here (RFC 9110 §9.3.7), and what CORS allows the asking origin. */
export function preflightResponse(allow: string, { site, request }: Visit): Response {
  const origins = site.settings.corsOrigins;
  const fields = preflightFields({ origins, requestOrigin: request.headers.get("Origin") });
  const own = { Allow: allow, ...baseFields(), ...NO_STORE };
  return new Response(null, { status: 204, headers: [...Object.entries(own), ...fields] });
}
