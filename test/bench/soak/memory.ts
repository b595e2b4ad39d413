import { median } from "../statistics.ts";
import type { MemorySample } from "./world.ts";

/** Medians of the first and of the last quarter of a run. */
export interface Quarters {
  first: MemorySample;
  last: MemorySample;
}

/**
 * How much more may be held in the last quarter than in the first. The heap: what some tens of requests that wait for a
 * stalled B2 take. The process: V8's compiled code and the sizes that its heaps have once had, which it does not give back.
 */
const MEMORY_TOLERANCE: MemorySample = { heap: 2e6, resident: 40e6 };

/** The medians of the first and of the last quarter of the samples. */
export function quarters(samples: readonly MemorySample[]): Quarters {
  const quarter = Math.max(1, Math.floor(samples.length / 4));
  const medians = (some: readonly MemorySample[]): MemorySample => ({
    heap: median(some.map(({ heap }) => heap)),
    resident: median(some.map(({ resident }) => resident)),
  });
  return { first: medians(samples.slice(0, quarter)), last: medians(samples.slice(-quarter)) };
}

/** Whether more is held in the last quarter than is tolerated; also when there was no sample. */
export function hasGrown({ first, last }: Quarters, part: keyof MemorySample): boolean {
  return !(last[part] <= first[part] + MEMORY_TOLERANCE[part]);
}

/** Both medians with the tolerance, in words. */
export function formatMemory({ first, last }: Quarters, part: keyof MemorySample): string {
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
  const tolerance = megabytes(MEMORY_TOLERANCE[part]);
  return `${megabytes(first[part])} in the first quarter, ${megabytes(last[part])} in the last (tolerance ${tolerance})`;
}
