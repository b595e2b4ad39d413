/** `npm run soak`: the Worker against a local B2 full of faults. Ends with 1 when a client saw a failure that B2 did not cause. Linux only. */
import { parseArgs } from "node:util";
import { runSoak } from "./soak/run.ts";
import { formatReport } from "./soak/soak-report.ts";
import type { SoakOptions } from "./soak/world.ts";

function readOptions(): SoakOptions {
  const { values } = parseArgs({
    options: {
      seconds: { type: "string", default: "120" },
      seed: { type: "string", default: "1" },
      rate: { type: "string", default: "60" },
      quick: { type: "boolean", default: false },
    },
  });
  const { seconds, seed, rate, quick: isQuick } = values;
  const options = { seconds: Number(seconds), seed: Number(seed), rate: Number(rate), isQuick };
  if (!(options.seconds >= (isQuick ? 2 : 10) && options.rate > 0 && Number.isInteger(options.seed)))
    throw new Error("npm run soak -- [--seconds 120, at least 10] [--seed 1] [--rate 60] [--quick, from 2 seconds on]");
  return options;
}

const report = await runSoak(readOptions());
process.stdout.write(formatReport(report));
if (report.violations.length > 0) process.exitCode = 1;
