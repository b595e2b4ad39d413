import type { MistypedVariable } from "../mistyped-variables.ts";
import type { SettingProblem } from "../settings.ts";
import { type Health, reasonOf, statusOf, type Trouble } from "./health.ts";

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
  const status = statusOf(health);
  const cause = health[0]?.cause;
  const told =
    owner === undefined ? toldToAll(health) : { reason: reasonOf(health), troubles: health.map(tell), ...owner };
  return Response.json(
    { status, cause, ...told },
    {
      status: status === "down" ? 503 : 200,
      headers: {
        "Cache-Control": "no-store",
        "Cloudflare-CDN-Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
      },
    },
  );
}

/** Which settings are wrong gives nothing away: nothing is served, and their owner may not have a password yet. */
function toldToAll(health: Health): { reason?: string | undefined; detail?: string } {
  if (health.length === 0) return {};
  return health[0]?.cause === "settings" ? { reason: reasonOf(health) } : { detail: WHERE };
}

/** Names each setting that does not parse and what it should hold, never its value. */
export function healthOfProblems(problems: SettingProblem[]): Health {
  const reason = problems.map(({ name, expected }) => `${name} should hold ${expected}`).join("; ");
  return [{ status: "down", cause: "settings", reason }];
}

function tell({ since, ...trouble }: Trouble): object {
  return { ...trouble, since: since === undefined ? undefined : new Date(since).toISOString() };
}
