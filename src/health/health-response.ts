import type { MistypedVariable } from "../mistyped-variables.ts";
import type { SettingProblem } from "../settings.ts";
import { type Health, reasonOf, statusOf } from "./health.ts";
import { healthJson } from "./health-json.ts";

/** What is told to the owner beside what is wrong. */
export interface OwnersPart {
  unknownVariables: MistypedVariable[];
  /** Who may see what, as the settings were understood; undefined, when they were not. */
  rules: Record<string, string> | undefined;
}

/** Everybody is told the state and one word; where the owner finds the rest is no secret. */
const WHERE =
  "The full reason is in the Worker's log: npx wrangler tail, or Cloudflare's dashboard. It comes here with the OPERATOR_TOKEN as a Bearer, and npm run doctor finds it.";

/** 200 while images are served, 503 when not; in no cache. The reason is for the owner alone. */
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

/** Which settings are wrong gives nothing away: nothing is served, and their owner may not have a password yet. */
function toldToAll(health: Health): object {
  const status = statusOf(health);
  if (health.length === 0) return { status };
  const cause = health[0]?.cause;
  return cause === "settings" ? { status, cause, reason: reasonOf(health) } : { status, cause, detail: WHERE };
}

/** Names each setting that does not parse and what it should hold, never its value. */
export function healthOfProblems(problems: SettingProblem[]): Health {
  const reason = problems.map(({ name, expected }) => `${name} should hold ${expected}`).join("; ");
  return [{ status: "down", cause: "settings", reason }];
}
