import type { Bundle } from "./bundle.ts";
import { type Contender, type ContenderName, startOwn, startPassThrough } from "./contenders.ts";
import { putLoad } from "./load.ts";
import type { Origin, OriginCounts } from "./origin-process.ts";
import { memoryBytes, peakMemoryBytes, resetPeakMemory } from "./process-figures.ts";
import { LARGE, SIZES } from "./sizes.ts";
import { median } from "./statistics.ts";
import type { WorkerdProcess } from "./workerd-process.ts";

/** From the start of the process to the end of its first answer, in ms; `firstAnswerMs` begins when it listens. */
export interface ColdStart {
  startMs: number;
  firstAnswerMs: number;
}

export interface ColdStarts {
  passThrough: ColdStart;
  /** KV holds a token, as it does after the first cron. */
  own: ColdStart;
  /** KV is empty: the first request mints. */
  ownMinting: ColdStart;
}

/** Starts each Worker some times in turn and asks it for one small file. */
export async function measureColdStarts(bundle: Bundle, origin: Origin, times: number): Promise<ColdStarts> {
  const found: Record<keyof ColdStarts, ColdStart[]> = { passThrough: [], own: [], ownMinting: [] };
  for (let time = 0; time < times; time++) {
    found.passThrough.push(await startCold(() => startPassThrough(bundle, origin)));
    await origin.forgetKv();
    found.ownMinting.push(await startCold(() => startOwn(bundle, origin)));
    found.own.push(await startCold(() => startOwn(bundle, origin)));
  }
  const medians = (starts: ColdStart[]): ColdStart => ({
    startMs: median(starts.map(({ startMs }) => startMs)),
    firstAnswerMs: median(starts.map(({ firstAnswerMs }) => firstAnswerMs)),
  });
  return { passThrough: medians(found.passThrough), own: medians(found.own), ownMinting: medians(found.ownMinting) };
}

async function startCold(start: () => Promise<WorkerdProcess>): Promise<ColdStart> {
  const startedAt = performance.now();
  const workerd = await start();
  const listensAt = performance.now();
  try {
    await putLoad({ port: workerd.port, path: "/photos/4k.jpg", bytes: 4096, concurrency: 1, durationMs: 0 });
    const now = performance.now();
    // The Worker writes its token to KV after the answer.
    await new Promise((resolve) => setTimeout(resolve, 100));
    return { startMs: now - startedAt, firstAnswerMs: now - listensAt };
  } finally {
    await workerd.stop();
  }
}

/** What 1,000 requests of a warm Worker ask of B2 and KV. */
export async function countPerThousand(contender: Contender, origin: Origin): Promise<OriginCounts> {
  const size = SIZES.find(({ label }) => label === "4k");
  if (size === undefined) throw new Error("the bench has no 4k file");
  const load = { port: contender.workerd.port, path: contender.pathOf(size), bytes: size.bytes, durationMs: 0 };
  await putLoad({ ...load, concurrency: 1 });
  const before = await origin.counts();
  // Without time, each connection asks once.
  for (let asked = 0; asked < 1000; asked += 50) await putLoad({ ...load, concurrency: 50 });
  const after = await origin.counts();
  return {
    downloads: after.downloads - before.downloads,
    apiCalls: after.apiCalls - before.apiCalls,
    kvReads: after.kvReads - before.kvReads,
    kvWrites: after.kvWrites - before.kvWrites,
  };
}

export interface StreamMemory {
  contender: ContenderName;
  /** How much the peak lies above what was held before, in bytes: medians. */
  growthBytes: number;
  seconds: number;
}

/** Streams the 1 GiB file through some Workers in turn. */
export async function measureStreams(contenders: readonly Contender[], times: number): Promise<StreamMemory[]> {
  const found = new Map<Contender, StreamMemory[]>(contenders.map((contender) => [contender, []]));
  for (let time = 0; time < times; time++) {
    for (const contender of contenders) found.get(contender)?.push(await streamLarge(contender));
  }
  return contenders.map((contender) => ({
    contender: contender.name,
    growthBytes: median((found.get(contender) ?? []).map(({ growthBytes }) => growthBytes)),
    seconds: median((found.get(contender) ?? []).map(({ seconds }) => seconds)),
  }));
}

async function streamLarge({ name, workerd, pathOf }: Contender): Promise<StreamMemory> {
  const { pid, port } = workerd;
  resetPeakMemory(pid);
  const before = memoryBytes(pid);
  const { seconds } = await putLoad({ port, path: pathOf(LARGE), bytes: LARGE.bytes, concurrency: 1, durationMs: 0 });
  return { contender: name, growthBytes: peakMemoryBytes(pid) - before, seconds };
}
