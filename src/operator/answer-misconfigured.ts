import { healthJson } from "../health/health-json.ts";
import { healthOfProblems } from "../health/health-response.ts";
import { prefersHtmlToJson } from "../http/accept.ts";
import { problemResponse } from "../respond/problem-response.ts";
import { hasOwner, identify, refusalOf } from "../sign-in/identify.ts";
import type { BrokenVisit } from "../visit.ts";
import { forOwner } from "./for-owner.ts";
import { respondWithPage } from "./respond-to-owner.ts";
import { misconfiguredPage } from "./status-page.tsx";
import type { MisconfiguredReport } from "./status-report.ts";

/** Answers every route but health while the settings do not parse: `/-/status` shows the owner which ones, all others are 500. */
export async function answerMisconfigured(visit: BrokenVisit): Promise<Response> {
  const { site, request } = visit;
  const isStatus = new URL(request.url).pathname === "/-/status" && ["GET", "HEAD"].includes(request.method);
  return isStatus && hasOwner(site)
    ? forOwner(request, await answerStatus(visit))
    : problemResponse({ kind: "misconfigured" }, { request });
}

async function answerStatus({ site, request, ctx }: BrokenVisit): Promise<Response> {
  const identity = await identify({ request, access: ctx.access }, site);
  if (identity.kind !== "operator") return problemResponse(refusalOf(identity, site), { request });
  const report: MisconfiguredReport = {
    now: Date.now(),
    host: new URL(request.url).host,
    health: healthOfProblems(site.problems),
    settings: site.settingsInForce,
    unknownVariables: site.warnings,
  };
  if (prefersHtmlToJson(request.headers.get("Accept"))) return await respondWithPage(misconfiguredPage(report), 200);
  return Response.json({
    ...report,
    now: new Date(report.now).toISOString(),
    health: healthJson(report.health),
  });
}
