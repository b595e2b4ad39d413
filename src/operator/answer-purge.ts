import { rejectionOfFault } from "../fault.ts";
import { problemResponse } from "../respond/problem-response.ts";
import type { Visit } from "../visit.ts";
import { type PurgeReport, purge } from "./purge.ts";
import { readWish } from "./read-purge.ts";

/** `POST /-/purge`: the owner wants files to be fetched anew. */
export async function answerPurge(visit: Visit): Promise<Response> {
  const { request } = visit;
  const wish = await readWish(request);
  if ("problem" in wish) return problemResponse({ kind: "bad-request", detail: wish.problem }, { request });
  try {
    const report = await purge(visit, wish);
    if ("problem" in report) return problemResponse({ kind: "bad-request", detail: report.problem }, { request });
    return respond(report);
  } catch (error) {
    return problemResponse(rejectionOfFault(error, Date.now()), { request });
  }
}

function respond(report: PurgeReport): Response {
  const { retryAfterSeconds } = report;
  return Response.json(report, {
    status: report.status === "waiting" ? 503 : 200,
    headers: retryAfterSeconds === undefined ? {} : { "Retry-After": String(retryAfterSeconds) },
  });
}
