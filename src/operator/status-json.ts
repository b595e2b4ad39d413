import { healthJson } from "../health/health-json.ts";
import type { StatusReport } from "./status-report.ts";

/** The content of the status page as JSON, with times as RFC 3339 has them. */
export function statusJson(report: StatusReport): object {
  const { now, health, token, schedule, runs, key, ...rest } = report;
  return {
    ...rest,
    now: timeOf(now),
    health: healthJson(health),
    token: token === undefined ? null : { issuedAt: timeOf(token.issuedAt), expiresAt: timeOf(token.expiresAt) },
    schedule: { cron: schedule.cron ?? null, nextAt: timeOf(schedule.nextAt) },
    rotations: runs.map(({ at, expiresAt, ...run }) => ({
      at: timeOf(at),
      by: "cron",
      ...run,
      expiresAt: timeOf(expiresAt),
    })),
    key: key.kind === "key" ? { ...key, expiresAt: timeOf(key.expiresAt) } : key,
    version: rest.version ?? null,
  };
}

function timeOf(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}
