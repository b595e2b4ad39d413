/** `npm run bench`: this Worker beside others, on plain workerd. Nothing leaves the machine. Linux only. */
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { buildBundle } from "./bundle.ts";
import { type Contender, startContenders } from "./contenders.ts";
import { type BenchOptions, readOptions, USAGE } from "./options.ts";
import { type Origin, startOrigin } from "./origin-process.ts";
import { profileWorker } from "./profile.ts";
import { formatReport, type Report } from "./report.ts";
import { runRounds } from "./rounds.ts";
import { countPerThousand, measureColdStarts, measureHeap, measureStreams } from "./single-figures.ts";
import { isTooNoisy, targetsOf } from "./targets.ts";

async function bench(options: BenchOptions, scratch: string): Promise<Report> {
  const startedAt = performance.now();
  say("building the production bundle");
  const bundle = await buildBundle(scratch);
  const origin = await startOrigin();
  const contenders: Contender[] = [];
  try {
    say("cold starts");
    const coldStarts = await measureColdStarts(bundle, origin, options.coldStarts);
    contenders.push(...(await startContenders(bundle, origin)));
    const onRound = (done: number) => say(`round ${done}/${options.rounds}`);
    const rounds = await runRounds(contenders, { ...options, originPid: origin.pid, onRound });
    say("1 GiB streams");
    const streams = await measureStreams(bundle, origin, options.streams);
    say("many requests, then a collection");
    const heap = await measureHeap(bundle, origin, options.requestsBeforeCollection);
    const perThousand = await countPerThousand(contenderNamed(contenders, "this"), origin);
    return {
      date: new Date().toISOString().slice(0, 10),
      cores: availableParallelism(),
      seconds: (performance.now() - startedAt) / 1000,
      bundle: { rawBytes: bundle.rawBytes, gzipBytes: bundle.gzipBytes },
      ...rounds,
      streams,
      coldStarts,
      heap,
      perThousand,
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

async function run(options: BenchOptions, scratch: string): Promise<string> {
  if (options.profile !== undefined) return await profileWorker(scratch, resolve(options.profile));
  const report = await bench(options, scratch);
  if (!options.json) return formatReport(report);
  return `${JSON.stringify({ ...report, isTooNoisy: isTooNoisy(report), targets: targetsOf(report) }, null, 2)}\n`;
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
  if (options.help) return void process.stdout.write(`${USAGE}\n`);
  const scratch = await mkdtemp(join(tmpdir(), "b2-image-worker-bench-"));
  try {
    process.stdout.write(await run(options, scratch));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

await main();
