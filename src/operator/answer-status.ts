import { prefersHtmlToJson } from "../http/accept.ts";
import type { Visit } from "../visit.ts";
import { collectStatus } from "./collect-status.ts";
import { statusPageResponse } from "./respond-to-owner.ts";
import { statusJson } from "./status-json.ts";

/** `GET /-/status`: a page for requests that prefer HTML, JSON for all others. */
export async function answerStatus(visit: Visit): Promise<Response> {
  return prefersHtmlToJson(visit.request.headers.get("Accept"))
    ? await statusPageResponse(visit, { status: 200, outcome: undefined })
    : Response.json(statusJson(await collectStatus(visit)));
}
