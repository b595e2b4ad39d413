import { prefersHtmlToJson } from "../http/accept.ts";
import { pagePolicy } from "../pages/page.tsx";
import { problemOf, type Rejection } from "../rejection.ts";
import { setFields } from "../respond/fields.ts";
import { problemResponse } from "../respond/problem-response.ts";
import type { Visit } from "../visit.ts";
import { collectStatus } from "./collect-status.ts";
import type { Outcome } from "./status-header.tsx";
import { statusPage } from "./status-page.tsx";
import { STATUS_STYLE } from "./status-style.ts";

/** The result of an owner's action: in words for a page, as JSON for a program. */
export interface ActionAnswer {
  status: number;
  outcome: Outcome;
  json: object;
  retryAfterSeconds?: number | undefined;
}

/** Responds to an action with the status page, its outcome at the top, or with JSON to a request that does not prefer HTML. */
export async function respondToOwner(visit: Visit, answer: ActionAnswer): Promise<Response> {
  const { status, outcome, json, retryAfterSeconds } = answer;
  const response = prefersHtmlToJson(visit.request.headers.get("Accept"))
    ? await statusPageResponse(visit, { status, outcome })
    : Response.json(json, { status });
  if (retryAfterSeconds !== undefined) response.headers.set("Retry-After", String(retryAfterSeconds));
  return response;
}

/** Refuses an owner's request: with the status page and the reason at the top, or with problem details for a program. */
export async function refuseOwner(visit: Visit, rejection: Rejection): Promise<Response> {
  const { request } = visit;
  if (!prefersHtmlToJson(request.headers.get("Accept"))) return problemResponse(rejection, { request });
  const { status, detail, fields } = problemOf(rejection);
  const response = await statusPageResponse(visit, { status, outcome: { mark: "down", text: detail } });
  setFields(response.headers, fields);
  return response;
}

/** Responds with the current status page. */
export async function statusPageResponse(
  visit: Visit,
  { status, outcome }: { status: number; outcome: Outcome | undefined },
): Promise<Response> {
  return await respondWithPage(statusPage(await collectStatus(visit), outcome), status);
}

/** Responds with a page that has the style of the status page. */
export async function respondWithPage(page: string, status: number): Promise<Response> {
  const policy = await pagePolicy(STATUS_STYLE, "'none'");
  return new Response(page, {
    status,
    headers: { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy },
  });
}
