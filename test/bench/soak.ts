/** `npm run soak`: the Worker against a local B2 full of faults. Ends non-zero when a client saw one too many. Linux only. */
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
    },
  });
  const options = { seconds: Number(values.seconds), seed: Number(values.seed), rate: Number(values.rate) };
  if (!(options.seconds >= 10 && options.rate > 0 && Number.isInteger(options.seed)))
    throw new Error("npm run soak -- [--seconds 120, at least 10] [--seed 1] [--rate 60]");
  return options;
}

const report = await runSoak(readOptions());
process.stdout.write(formatReport(report));
if (report.violations.length > 0) process.exitCode = 1;
