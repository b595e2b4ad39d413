import type { Bundle } from "./bundle.ts";
import { type Contender, startOwn, startPassThrough } from "./contenders.ts";
import { type HeapProbe, openHeapProbe } from "./heap.ts";
import { type Load, putLoad } from "./load.ts";
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
  /** How much the peak lies above what was held before, in bytes. */
  growthBytes: number;
  seconds: number;
}

export interface Streams {
  passThrough: StreamMemory;
  own: StreamMemory;
}

/** Streams the 1 GiB file through each Worker some times in turn. */
export async function measureStreams(bundle: Bundle, origin: Origin, times: number): Promise<Streams> {
  const found: Record<keyof Streams, StreamMemory[]> = { passThrough: [], own: [] };
  for (let time = 0; time < times; time++) {
    found.passThrough.push(await streamLarge(() => startPassThrough(bundle, origin)));
    found.own.push(await streamLarge(() => startOwn(bundle, origin)));
  }
  const medians = (streams: StreamMemory[]): StreamMemory => ({
    growthBytes: median(streams.map(({ growthBytes }) => growthBytes)),
    seconds: median(streams.map(({ seconds }) => seconds)),
  });
  return { passThrough: medians(found.passThrough), own: medians(found.own) };
}

/** A new process each time: one that has served much holds free memory, in which a stream would hide. */
async function streamLarge(start: () => Promise<WorkerdProcess>): Promise<StreamMemory> {
  const workerd = await start();
  const { pid, port } = workerd;
  try {
    await putLoad({ port, path: "/photos/4k.jpg", bytes: 4096, concurrency: 1, durationMs: 200 });
    resetPeakMemory(pid);
    const before = memoryBytes(pid);
    const path = `/photos/${LARGE.fileName}`;
    const { seconds } = await putLoad({ port, path, bytes: LARGE.bytes, concurrency: 1, durationMs: 0 });
    return { growthBytes: peakMemoryBytes(pid) - before, seconds };
  } finally {
    await workerd.stop();
  }
}

/** What is reachable after a collection of garbage, before and after many requests. */
export interface HeapAfterLoad {
  warmUpRequests: number;
  beforeBytes: number;
  requests: number;
  afterBytes: number;
}

/** Puts at least `atLeast` requests on a Worker of its own: what each left behind would show. */
export async function measureHeap(bundle: Bundle, origin: Origin, atLeast: number): Promise<HeapAfterLoad> {
  const workerd = await startOwn(bundle, origin, { inspector: true });
  const load = { port: workerd.port, path: "/photos/4k.jpg", bytes: 4096, concurrency: 8 };
  try {
    const heap = await openHeapProbe(workerd.inspectorPort);
    const warmUpRequests = await ask(load, atLeast / 10);
    const beforeBytes = await usedBytes(heap, load);
    const requests = await ask(load, atLeast);
    const afterBytes = await usedBytes(heap, load);
    heap.close();
    return { warmUpRequests, beforeBytes, requests, afterBytes };
  } finally {
    await workerd.stop();
  }
}

/** Gives how many requests there were. */
async function ask(load: Omit<Load, "durationMs">, atLeast: number): Promise<number> {
  let requests = 0;
  while (requests < atLeast) requests += (await putLoad({ ...load, durationMs: 250 })).requests;
  return requests;
}

/** workerd collects when the next request runs: so one is on its way meanwhile. */
async function usedBytes(heap: HeapProbe, load: Omit<Load, "durationMs">): Promise<number> {
  const [bytes] = await Promise.all([heap.usedBytes(), putLoad({ ...load, concurrency: 1, durationMs: 300 })]);
  return bytes;
}
