import { vi } from "vitest";
import type { LocalB2Options } from "../../local-b2/options.ts";
import { webhookBesideB2 } from "./b2-behind-fetch.ts";
import { createRotatingSite, type RotatingSite } from "./rotating-site.ts";

export const WEBHOOK = "https://hooks.example/distinctive-path";

export interface AlertingSite extends RotatingSite {
  /** The alerts that arrived. */
  alerts: Record<string, unknown>[];
}

export interface FailingOptions {
  hasWebhook?: boolean;
  /** The status of the webhook's answer. */
  status?: number;
  b2?: LocalB2Options;
}

/** A site whose key B2 refuses, with a webhook beside B2. */
export function createFailingSite({ hasWebhook = true, status = 200, b2 }: FailingOptions = {}): AlertingSite {
  const own = { B2_APPLICATION_KEY: "distinctive-key", ...(hasWebhook && { ALERT_WEBHOOK_URL: WEBHOOK }) };
  const site = createRotatingSite(own, b2);
  const alerts: AlertingSite["alerts"] = [];
  webhookBesideB2(site.b2, {
    url: WEBHOOK,
    answer: async (request) => {
      alerts.push(await request.json());
      return new Response("ok", { status });
    },
  });
  return { ...site, alerts };
}

/** Lets B2 accept the key, but say that a cap of the account is reached: a fault that passes. */
export function letB2Fail({ b2 }: RotatingSite): void {
  b2.setKey({ key: "distinctive-key" });
  b2.faults([{ operation: "b2_authorize_account", times: 999, status: 403, code: "transaction_cap_exceeded" }]);
}

/** Runs the cron `runs` times, six hours apart. Gives the numbers of the runs, from 1, that told the owner. */
export async function alertedRuns(site: AlertingSite, runs: number): Promise<number[]> {
  const numbers: number[] = [];
  for (let run = 1; run <= runs; run += 1) {
    const before = site.alerts.length;
    const startedAt = Date.now();
    await site.run();
    if (site.alerts.length > before) numbers.push(run);
    vi.setSystemTime(startedAt + 6 * 3_600_000);
  }
  return numbers;
}
