import { availableParallelism } from "node:os";
import type { Contender } from "./contenders.ts";
import { putLoad } from "./load.ts";
import { cpuMicroseconds, machineCpuMicroseconds, peakMemoryBytes, resetPeakMemory } from "./process-figures.ts";
import type { Size } from "./sizes.ts";
import { quantile } from "./statistics.ts";

/** What one slice of load on one Worker came to. */
export interface Figures {
  /** CPU time of the Worker's process, in µs a request. */
  cpuMicroseconds: number;
  requestsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  peakMemoryBytes: number;
}

/** A slice in which other programs had more than this part of the machine's CPU is thrown away. */
const MOST_FOREIGN_CPU = 0.1;

export interface SliceOptions {
  warmUpMs: number;
  durationMs: number;
  /** The process that answers as B2: its CPU is not foreign. */
  originPid: number;
}

/** Puts load on one Worker for a short time. Undefined when other programs were busy meanwhile. */
export async function measureSlice(
  { workerd, pathOf }: Contender,
  size: Size,
  { warmUpMs, durationMs, originPid }: SliceOptions,
): Promise<Figures | undefined> {
  const { port, pid } = workerd;
  const load = { port, path: pathOf(size), bytes: size.bytes, concurrency: size.concurrency };
  await putLoad({ ...load, durationMs: warmUpMs });
  resetPeakMemory(pid);
  const own = [pid, originPid, process.pid];
  const workerBefore = cpuMicroseconds(pid);
  const [machineBefore, ownBefore] = [machineCpuMicroseconds(), sumOf(own)];
  const { requests, seconds, latenciesMs } = await putLoad({ ...load, durationMs });
  const foreign = machineCpuMicroseconds() - machineBefore - (sumOf(own) - ownBefore);
  if (foreign > MOST_FOREIGN_CPU * seconds * 1e6 * availableParallelism()) return undefined;
  return {
    cpuMicroseconds: (cpuMicroseconds(pid) - workerBefore) / requests,
    requestsPerSecond: requests / seconds,
    p50Ms: quantile(latenciesMs, 0.5),
    p99Ms: quantile(latenciesMs, 0.99),
    peakMemoryBytes: peakMemoryBytes(pid),
  };
}

function sumOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + cpuMicroseconds(pid), 0);
}
