import { explainNetworkFault } from "../reach.ts";
import { siteHealth } from "../site-health.ts";
import type { Questions } from "./questions.ts";

const PAUSE_MS = 3_000;

/** Waits until the Worker answers at its address, and tells whether it does. A new domain first needs a DNS record and a certificate. */
export async function waitForSite(origin: string, waitSeconds: number, questions: Questions): Promise<boolean> {
  const startedAt = Date.now();
  const deadline = startedAt + waitSeconds * 1000;
  return await questions.during(`Waiting for ${origin} …`, async (show) => {
    for (;;) {
      const health = await siteHealth(origin);
      if (health.kind === "health") return true;
      if (Date.now() >= deadline) return false;
      const seconds = Math.round((Date.now() - startedAt) / 1000);
      const why =
        health.kind === "foreign"
          ? `something else answers there (${health.httpStatus})`
          : explainNetworkFault(health.error, new URL(origin).hostname).text;
      show(`Waiting for ${origin}, ${seconds} of ${waitSeconds} s: ${why}`);
      await new Promise((resolve) => setTimeout(resolve, Math.min(PAUSE_MS, Math.max(0, deadline - Date.now()))));
    }
  });
}
