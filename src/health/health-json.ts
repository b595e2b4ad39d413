import { type Health, reasonOf, statusOf, type Trouble } from "./health.ts";

/** The health of the site as JSON for the owner, with every problem. */
export function healthJson(health: Health): object {
  return { status: statusOf(health), cause: health[0]?.cause, reason: reasonOf(health), troubles: health.map(tell) };
}

function tell({ since, ...trouble }: Trouble): object {
  return { ...trouble, since: since === undefined ? undefined : new Date(since).toISOString() };
}
