/** `npm run soak`: the Worker against a local B2 full of faults. Ends with 1 when a client saw a failure that B2 did not cause. Linux only. */
import { parseArgs } from "node:util";
import { runSoak } from "./soak/run.ts";
import { formatReport } from "./soak/soak-report.ts";
import type { SoakOptions } from "./soak/world.ts";

const USAGE = `npm run soak -- [OPTIONS]

  --seconds N   how long, at least 60, or 2 with --quick (120)
  --rate N      requests a second (60)
  --seed N      which faults and requests come: the same number gives the same ones (1)
  --no-burst    without the burst of 120,000 requests before, which shows what memory requests leave behind
  --quick       without the burst, and without asking that each kind of fault came: shows that the command works
`;

/** In less time not every kind of fault and outcome comes, and the report asks for all of them. */
const LEAST_SECONDS = 60;

function readOptions(): SoakOptions | "help" {
  const { values } = parseArgs({
    options: {
      seconds: { type: "string", default: "120" },
      seed: { type: "string", default: "1" },
      rate: { type: "string", default: "60" },
      burst: { type: "boolean", default: true },
      quick: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
    allowNegative: true,
  });
  if (values.help) return "help";
  const [seconds, seed, rate] = [Number(values.seconds), Number(values.seed), Number(values.rate)];
  const { quick: isQuick, burst } = values;
  if (!(seconds >= (isQuick ? 2 : LEAST_SECONDS)))
    throw new Error(`--seconds is a number: at least ${LEAST_SECONDS}, or 2 with --quick.`);
  if (!(rate > 0)) throw new Error("--rate is a number above 0.");
  if (!Number.isInteger(seed)) throw new Error("--seed is a whole number.");
  return { seconds, seed, rate, burst: burst && !isQuick, isQuick };
}

async function run(options: SoakOptions): Promise<void> {
  const report = await runSoak(options);
  process.stdout.write(formatReport(report));
  if (report.violations.length > 0) process.exitCode = 1;
}

let options: SoakOptions | "help" | undefined;
try {
  options = readOptions();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  process.exitCode = 2;
}
if (options === "help") process.stdout.write(USAGE);
else if (options !== undefined) await run(options);
