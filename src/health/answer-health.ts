import { rulesInForce } from "../access/rules-in-force.ts";
import { identify } from "../sign-in/identify.ts";
import { type BrokenVisit, callerOf, type Visit } from "../visit.ts";
import { healthOfProblems, healthResponse } from "./health-response.ts";

type HealthVisit = Pick<Visit, "request" | "ctx"> & { site: Visit["site"] | BrokenVisit["site"] };

/** `GET /-/health`: the state in a word or two for everybody, and with every reason for the owner. */
export async function answerHealth({ site, request, ctx }: HealthVisit): Promise<Response> {
  const identity = await identify({ request, access: ctx.access }, site);
  const isOwner = identity.kind === "operator";
  const unknownVariables = site.warnings;
  if (site.kind === "misconfigured") {
    return healthResponse(
      healthOfProblems(site.problems),
      isOwner ? { unknownVariables, rules: undefined } : undefined,
    );
  }
  const health = await site.checkHealth(callerOf({ request, ctx }));
  return healthResponse(health, isOwner ? { unknownVariables, rules: rulesInForce(site.settings) } : undefined);
}
