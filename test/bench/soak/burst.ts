import type { Bundle } from "../bundle.ts";
import { startOwn, startPassThrough } from "../contenders.ts";
import { putLoad } from "../load.ts";
import { startOrigin } from "../origin-process.ts";
import { peakMemoryBytes } from "../process-figures.ts";
import { median } from "../statistics.ts";
import type { WorkerdProcess } from "../workerd-process.ts";

/** The most memory that workerd held, in bytes, while many requests came without a forced collection in between. */
export interface Burst {
  requests: number;
  own: number;
  passThrough: number;
}

/** A getter in an object that is made for each request came to 1.24 and 1.37 (measured), a Worker without any to 1.02. */
const MOST_MEMORY = 1.15;
const REQUESTS = 20_000;
/** Each in a process of its own, one Worker after the other: a process does not give back what it once held. */
const TIMES = 3;
const LOAD = { path: "/photos/4k.jpg", bytes: 4096, concurrency: 8, durationMs: 500 };

/**
 * Puts a burst of requests on the Worker, and on one that only adds the token. What keeps requests alive until a late
 * collection, such as a closure over each, shows here alone: a collection each second would sweep it away.
 */
export async function measureBurst(bundle: Bundle): Promise<Burst> {
  const origin = await startOrigin();
  const own: number[] = [];
  const passThrough: number[] = [];
  try {
    for (let time = 0; time < TIMES; time += 1) {
      passThrough.push(await peakOf(await startPassThrough(bundle, origin)));
      own.push(await peakOf(await startOwn(bundle, origin)));
    }
  } finally {
    origin.stop();
  }
  return { requests: REQUESTS, own: median(own), passThrough: median(passThrough) };
}

export function burstViolations(burst: Burst): string[] {
  return burst.own <= burst.passThrough * MOST_MEMORY ? [] : [`requests are kept in memory: ${formatBurst(burst)}`];
}

export function formatBurst({ requests, own, passThrough }: Burst): string {
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;
  const ratio = (own / passThrough).toFixed(2);
  return `${megabytes(own)} at most in ${requests} requests, ${ratio} times the pass-through's ${megabytes(passThrough)} (tolerance ${MOST_MEMORY})`;
}

async function peakOf(workerd: WorkerdProcess): Promise<number> {
  try {
    let requests = 0;
    while (requests < REQUESTS) requests += (await putLoad({ ...LOAD, port: workerd.port })).requests;
    return peakMemoryBytes(workerd.pid);
  } finally {
    await workerd.stop();
  }
}
