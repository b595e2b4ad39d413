import type { MistypedVariable } from "../mistyped-variables.ts";
import type { SettingProblem } from "../setting-contradictions.ts";
import { type Health, reasonOf, statusOf } from "./health.ts";
import { healthJson } from "./health-json.ts";

/** The part of the health answer that only the owner gets besides the reasons. */
export interface OwnersPart {
  unknownVariables: MistypedVariable[];
  /** Who may see what, by the settings; undefined when they do not parse. */
  rules: Record<string, string> | undefined;
}

/** Everybody gets the state and the cause in one word. Where the owner finds the rest is no secret. */
const WHERE =
  "The full reason is in the Worker's log: npx wrangler tail, or Cloudflare's dashboard. It is also here for a request with the OPERATOR_TOKEN as a Bearer token, and npm run doctor finds it.";

/** 200 while images are served, otherwise 503; never cached. Only the owner gets the reasons. */
export function healthResponse(health: Health, owner: OwnersPart | undefined): Response {
  return Response.json(owner === undefined ? toldToAll(health) : { ...healthJson(health), ...owner }, {
    status: statusOf(health) === "down" ? 503 : 200,
    headers: {
      "Cache-Control": "no-store",
      "Cloudflare-CDN-Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
      "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    },
  });
}

/** Everybody may know which settings are wrong: nothing is served, and the owner may have no password yet. */
function toldToAll(health: Health): object {
  const status = statusOf(health);
  if (health.length === 0) return { status };
  const cause = health[0]?.cause;
  return cause === "settings" ? { status, cause, reason: reasonOf(health) } : { status, cause, detail: WHERE };
}

/** The health while the settings do not parse. Names each wrong setting and what it should hold, never its value. */
export function healthOfProblems(problems: SettingProblem[]): Health {
  const reason = problems.map(({ name, expected }) => `${name} should hold ${expected}`).join("; ");
  return [{ status: "down", cause: "settings", reason }];
}
