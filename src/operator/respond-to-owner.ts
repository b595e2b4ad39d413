import { prefersHtmlToJson } from "../http/accept.ts";
import { pagePolicy } from "../pages/page.tsx";
import { problemOf, type Rejection } from "../rejection.ts";
import { problemResponse } from "../respond/problem-response.ts";
import type { Visit } from "../visit.ts";
import { collectStatus } from "./collect-status.ts";
import type { Outcome } from "./status-header.tsx";
import { statusPage } from "./status-page.tsx";
import { STATUS_STYLE } from "./status-style.ts";

/** What came of an action: in words for a page, as JSON for a program. */
export interface ActionAnswer {
  status: number;
  outcome: Outcome;
  json: object;
  retryAfterSeconds?: number | undefined;
}

/** The outcome of an action, above the status page for whoever prefers a page. */
export async function respondToOwner(visit: Visit, answer: ActionAnswer): Promise<Response> {
  const { status, outcome, json, retryAfterSeconds } = answer;
  const response = prefersHtmlToJson(visit.request.headers.get("Accept"))
    ? await statusPageResponse(visit, { status, outcome })
    : Response.json(json, { status });
  if (retryAfterSeconds !== undefined) response.headers.set("Retry-After", String(retryAfterSeconds));
  return response;
}

/** What was asked for is not done: problem details for a program, the status page with the same words for a person. */
export async function refuseOwner(visit: Visit, rejection: Rejection): Promise<Response> {
  const { request } = visit;
  if (!prefersHtmlToJson(request.headers.get("Accept"))) return problemResponse(rejection, { request });
  const { status, detail } = problemOf(rejection);
  return await statusPageResponse(visit, { status, outcome: { mark: "down", text: detail } });
}

/** The status page, as it is now. */
export async function statusPageResponse(
  visit: Visit,
  { status, outcome }: { status: number; outcome: Outcome | undefined },
): Promise<Response> {
  return await respondWithPage(statusPage(await collectStatus(visit), outcome), status);
}

/** A page in the style of the status page. */
export async function respondWithPage(page: string, status: number): Promise<Response> {
  const policy = await pagePolicy(STATUS_STYLE, "'none'");
  return new Response(page, {
    status,
    headers: { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy },
  });
}
