import { expect, it } from "vitest";
import { nextCronRun } from "../../../src/operator/next-cron-run.ts";

/** A Tuesday. */
const NOW = Date.parse("2026-11-24T18:00:30Z");

it.each([
  { cron: "0 */6 * * *", next: "2026-11-25T00:00Z" },
  { cron: "*/5 * * * *", next: "2026-11-24T18:05Z" },
  { cron: "* * * * *", next: "2026-11-24T18:01Z" },
  { cron: "0 18 * * *", next: "2026-11-25T18:00Z" },
  { cron: "15,45 6-20/2 * * *", next: "2026-11-24T18:15Z" },
  { cron: "30/10 3 * * *", next: "2026-11-25T03:30Z" },
  { cron: "0 3 1 * *", next: "2026-12-01T03:00Z" },
  { cron: "0 3 1 JAN *", next: undefined },
  { cron: "0 3 * dec *", next: "2026-12-01T03:00Z" },
  { cron: "0 3 * * 1", next: "2026-11-29T03:00Z" },
  { cron: "0 3 * * MON-FRI", next: "2026-11-25T03:00Z" },
  { cron: "0 3 * * sat", next: "2026-11-28T03:00Z" },
  { cron: "  0  0   25 11 *  ", next: "2026-11-25T00:00Z" },
  { cron: "0 3 L * *", next: undefined },
  { cron: "0 3 * * 2#1", next: undefined },
  { cron: "0 3 * * 8", next: undefined },
  { cron: "0 3 * * 0", next: undefined },
  { cron: "0 24 * * *", next: undefined },
  { cron: "*/0 * * * *", next: undefined },
  { cron: "0 3 * *", next: undefined },
  { cron: "0 3 * * * *", next: undefined },
  { cron: "", next: undefined },
])("after «$cron» comes $next", ({ cron, next }) => {
  expect(nextCronRun(cron, NOW)).toBe(next === undefined ? undefined : Date.parse(next));
});

it("comes a minute later at the earliest", () => {
  expect(nextCronRun("0 * * * *", Date.parse("2026-11-24T18:00:00Z"))).toBe(Date.parse("2026-11-24T19:00:00Z"));
});
