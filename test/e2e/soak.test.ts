import { expect, test } from "vitest";
import { runSoak } from "../bench/soak/run.ts";
import { formatReport } from "../bench/soak/soak-report.ts";

test("for 20 seconds of faults, every failure that a client sees is one that B2 caused, and no byte is wrong", async () => {
  const report = await runSoak({ seconds: 20, seed: 20261101, rate: 40, burst: false });
  expect(report.violations, formatReport(report)).toEqual([]);
}, 100_000);
