import { failureOf, type WranglerRun } from "../wrangler-command.ts";
import type { WorkerConfig } from "../wrangler-config.ts";

export const LOG_IN =
  "You are not logged in to Cloudflare, or your token is refused. Run «npx wrangler login», or set CLOUDFLARE_API_TOKEN, and try again.";

/** Cloudflare's error codes for an API token that is wrong, has expired or lacks rights. */
const AUTHENTICATION_CODES = [9106, 10000, 10405];

/** Advice after a failed run of Wrangler, whose own message is already on the screen. */
export function explainFailure(run: WranglerRun, { domains }: WorkerConfig): string {
  if (isLoginMissing(run)) return LOG_IN;
  if (/Custom Domain.* was skipped/.test(failureOf(run).message)) {
    return `The Worker was uploaded, but ${domains.join(" and ")} has another DNS record. Delete that record in Cloudflare's dashboard (DNS), or write another host name into wrangler.toml, and deploy again.`;
  }
  return `Wrangler did not deploy the Worker (exit code ${run.exitCode}). Its message is above.`;
}

/** Whether Wrangler failed because it is not logged in. Without a terminal, its message asks for CLOUDFLARE_API_TOKEN. */
export function isLoginMissing(run: WranglerRun): boolean {
  const { message, code } = failureOf(run);
  return message.includes("CLOUDFLARE_API_TOKEN") || AUTHENTICATION_CODES.includes(Number(code));
}
