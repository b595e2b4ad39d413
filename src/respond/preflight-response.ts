import { preflightFields } from "../access/cors.ts";
import { NO_STORE, type ResponseContext } from "./fields.ts";

/** 204 for OPTIONS, with what is allowed here at all (RFC 9110 §9.3.7) and to the origin that asks. */
export function preflightResponse(allow: string, { settings, request }: ResponseContext): Response {
  const origins = settings.corsOrigins;
  const fields = preflightFields({ origins, requestOrigin: request.headers.get("Origin") });
  return new Response(null, { status: 204, headers: [["Allow", allow], ...Object.entries(NO_STORE), ...fields] });
}
