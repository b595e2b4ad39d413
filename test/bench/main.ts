/** `npm run bench`: this Worker beside others, on plain workerd. Nothing leaves the machine. Linux only. */
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { buildBundle } from "./bundle.ts";
import { type Contender, startContenders } from "./contenders.ts";
import { type BenchOptions, readOptions, USAGE } from "./options.ts";
import { type Origin, startOrigin } from "./origin-process.ts";
import { formatReport, notesOf, type Report, targetsOf } from "./report.ts";
import { runRounds } from "./rounds.ts";
import { countPerThousand, measureColdStarts, measureStreams } from "./single-figures.ts";

async function bench(options: BenchOptions, scratch: string): Promise<Report> {
  const startedAt = performance.now();
  say("building the production bundle");
  const bundle = await buildBundle(scratch);
  const origin = await startOrigin();
  const contenders: Contender[] = [];
  try {
    say("cold starts");
    const coldStarts = await measureColdStarts(bundle, origin, options.repeats);
    contenders.push(...(await startContenders(bundle, origin)));
    const rows = await runRounds(contenders, { ...options, onRound: (done) => say(`round ${done}/${options.rounds}`) });
    say("1 GiB streams");
    const streams = await measureStreams(bundle, origin, options.repeats);
    const perThousand = await countPerThousand(contenderNamed(contenders, "this"), origin);
    return {
      date: new Date().toISOString().slice(0, 10),
      cores: availableParallelism(),
      seconds: (performance.now() - startedAt) / 1000,
      bundle: { rawBytes: bundle.rawBytes, gzipBytes: bundle.gzipBytes },
      rows,
      streams,
      coldStarts,
      perThousand,
      notes: notesOf(rows),
    };
  } finally {
    await stopAll(contenders, origin);
  }
}

async function stopAll(contenders: readonly Contender[], origin: Origin): Promise<void> {
  await Promise.all([...new Set(contenders.map(({ workerd }) => workerd))].map((workerd) => workerd.stop()));
  origin.stop();
}

function contenderNamed(contenders: readonly Contender[], name: string): Contender {
  const found = contenders.find((contender) => contender.name === name);
  if (found === undefined) throw new Error(`no contender ${name}`);
  return found;
}

/** Progress goes to stderr, so that --json alone is on stdout. */
function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

async function main(): Promise<void> {
  let options: BenchOptions;
  try {
    options = readOptions(process.argv.slice(2));
  } catch (error) {
    say(`${error instanceof Error ? error.message : error}\n${USAGE}`);
    process.exitCode = 2;
    return;
  }
  const scratch = await mkdtemp(join(tmpdir(), "b2-image-worker-bench-"));
  try {
    const report = await bench(options, scratch);
    const text = options.json
      ? `${JSON.stringify({ ...report, targets: targetsOf(report) }, null, 2)}\n`
      : formatReport(report);
    process.stdout.write(text);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

await main();
