import { failureOf, type WranglerRun } from "../wrangler-command.ts";
import type { WorkerConfig } from "../wrangler-config.ts";

/** What to do after a Wrangler that failed; its own message stands above. */
export function explainFailure(run: WranglerRun, { domains }: WorkerConfig): string {
  const message = failureOf(run);
  if (isLoginMissing(message)) return LOG_IN;
  if (/Custom Domain.* was skipped/.test(message)) {
    return `The Worker was uploaded, but ${domains.join(" and ")} has another DNS record. Delete that record in Cloudflare's dashboard (DNS), or write another host name into wrangler.toml, and deploy again.`;
  }
  if (/Could not find zone|zone .*not found|not.* find .*zone/i.test(message)) {
    return `The domain of ${domains.join(" and ")} is not in this Cloudflare account. Add it in the dashboard, or write another host name into wrangler.toml.`;
  }
  return `Wrangler did not deploy the Worker (exit code ${run.exitCode}). Its message stands above.`;
}

export const LOG_IN =
  "You are not logged in to Cloudflare. Run «npx wrangler login», or set CLOUDFLARE_API_TOKEN, and try again.";

export function isLoginMissing(message: string): boolean {
  return /CLOUDFLARE_API_TOKEN|not logged in|Not logged in|Unable to authenticate|Failed to fetch auth token/.test(
    message,
  );
}
