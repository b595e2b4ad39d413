import { expect } from "vitest";
import { B2Error } from "../../../src/b2/error.ts";
import { type HealthFacts, healthOf, reasonOf, statusOf } from "../../../src/health/health.ts";
import type { DownloadToken } from "../../../src/token/download-token.ts";
import { MintError } from "../../../src/token/mint-error.ts";
import type { RotationOutcome } from "../../../src/token/rotation-history.ts";
import { tokenIssuedAt } from "./download-token.ts";

export const NOW = Date.UTC(2026, 10, 24, 18);
export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
export const KEY_REFUSED = new MintError(
  "authorize",
  "Check the key.",
  new B2Error({ code: "unauthorized", operation: "b2_authorize_account", status: 401 }),
);
export const BUCKET_GONE = new MintError("bucket", "The key's bucket was deleted.");

/** A token of seven days that was minted this many hours ago. */
export function aged(hours: number, changes: Partial<DownloadToken> = {}): DownloadToken {
  return tokenIssuedAt(NOW - hours * HOUR_MS, changes);
}

/** A rotation that ran this many hours ago. */
export function run(hours: number, what: Partial<RotationOutcome> = {}): RotationOutcome {
  return { at: NOW - hours * HOUR_MS, by: "cron", outcome: "published", durationMs: 300, ...what };
}

export const FAILED: Record<string, Partial<RotationOutcome>> = {
  key: { outcome: "failed", step: "authorize", cause: "key", error: "MintError: authorize: Check the key." },
  bucket: { outcome: "failed", step: "bucket", cause: "bucket", error: "MintError: bucket: Deleted." },
  storage: { outcome: "failed", step: "authorize", cause: "storage", error: "MintError: authorize: timeout" },
};

export interface Case {
  name: string;
  facts: Partial<HealthFacts>;
  /** Status and cause of each trouble, the worst first. */
  troubles: string[];
  reason?: string;
}

/** Finds out the health by these facts, and compares. */
export function check({ facts, troubles, reason }: Case): void {
  const health = healthOf(
    {
      applicationKeyId: "local-key-id",
      token: undefined,
      workedAt: undefined,
      refusedSince: undefined,
      mintFault: undefined,
      isKvUnreadable: false,
      history: [],
      ...facts,
    },
    NOW,
  );
  expect(health.map(({ status, cause }) => `${status} ${cause}`)).toEqual(troubles);
  expect(statusOf(health)).toBe(troubles[0]?.split(" ")[0] ?? "ok");
  if (reason === undefined) expect(reasonOf(health)).toEqual(troubles.length === 0 ? undefined : expect.any(String));
  else expect(reasonOf(health)).toContain(reason);
}
