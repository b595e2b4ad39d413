import { rulesInForce } from "../access/rules-in-force.ts";
import type { MistypedVariable } from "../mistyped-variables.ts";
import type { SettingProblem } from "../settings.ts";
import { rayOf, type Visit } from "../visit.ts";
import { healthOfProblems, healthResponse } from "./health-response.ts";
import { type Gate, identify } from "./identify.ts";

/** A site whose settings do not parse. */
interface Misconfigured extends Gate {
  kind: "misconfigured";
  problems: SettingProblem[];
  warnings: MistypedVariable[];
}

/** `GET /-/health`: for everybody, and the whole truth for the owner. */
export async function answerHealth(
  site: Visit["site"] | Misconfigured,
  { request, ctx }: Pick<Visit, "request" | "ctx">,
): Promise<Response> {
  const identity = await identify({ request, access: ctx.access }, site);
  const isOwner = identity.kind === "operator";
  const unknownVariables = site.warnings;
  if (site.kind === "misconfigured") {
    return healthResponse(
      healthOfProblems(site.problems),
      isOwner ? { unknownVariables, rules: undefined } : undefined,
    );
  }
  const health = await site.checkHealth({ ray: rayOf(request), waitUntil: (work) => ctx.waitUntil(work) });
  return healthResponse(health, isOwner ? { unknownVariables, rules: rulesInForce(site.settings) } : undefined);
}
