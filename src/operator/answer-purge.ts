import { rejectionOfFault } from "../fault.ts";
import { type PurgeReport, purge } from "../purge/purge.ts";
import { readWish } from "../purge/read-purge.ts";
import type { Rejection } from "../rejection.ts";
import type { Visit } from "../visit.ts";
import { refuseOwner, respondToOwner } from "./respond-to-owner.ts";

/** `POST /-/purge`: purges the files that the owner names. */
export async function answerPurge(visit: Visit): Promise<Response> {
  const report = await readAndPurge(visit);
  return "kind" in report ? await refuseOwner(visit, report) : await tell(visit, report);
}

async function readAndPurge(visit: Visit): Promise<PurgeReport | Rejection> {
  try {
    const wish = await readWish(visit.request);
    const report = "problem" in wish ? wish : await purge(visit, wish);
    return "problem" in report ? { kind: "bad-request", detail: report.problem } : report;
  } catch (error) {
    return rejectionOfFault(error, Date.now());
  }
}

async function tell(visit: Visit, report: PurgeReport): Promise<Response> {
  return await respondToOwner(visit, {
    status: report.status === "waiting" ? 503 : 200,
    outcome: { mark: report.status === "purged" ? "ok" : "degraded", text: report.message },
    json: report,
    retryAfterSeconds: report.retryAfterSeconds,
  });
}
