import { expect } from "vitest";

/** Cloudflare lets a request have 128 KB of fields. Inside workerd no clock runs while code does, so this runs in Node. */
const MOST_BYTES = 131_072;
/** What is done so soon is not quadratic: that takes hundreds of ms at least, and short times are too uneven to compare. */
const AT_ONCE_MS = 25;
/** Double the length takes double the time when a parser is linear, and four times as long when it is quadratic. */
const LIMIT = 3;
/** How often each length is measured at most. The best times count: a measurement may meet a collection of garbage, or a busy machine. */
const MEASUREMENTS = 8;

export interface Parser {
  name: string;
  run: (text: string) => unknown;
  /** What a text begins with to get far into the parser. */
  heads?: string[];
  /** It reads a `Headers`, which holds nothing but Latin-1. */
  takesLatin1?: boolean;
}

export interface Worst {
  head: string;
  unit: string;
  tail: string;
}

/** Fails when a parser takes more than about double the time for double the length. */
export async function expectLinear({ name, run }: Parser, worst: Worst): Promise<void> {
  const whole = textOf(worst, MOST_BYTES);
  const half = textOf(worst, MOST_BYTES / 2);
  let [wholeMs, halfMs] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let n = 0; n < MEASUREMENTS && !(wholeMs / halfMs <= LIMIT); n += 1) {
    wholeMs = Math.min(wholeMs, await measure(run, whole));
    if (wholeMs < AT_ONCE_MS) return;
    halfMs = Math.min(halfMs, await measure(run, half));
  }
  const ratio = wholeMs / halfMs;
  expect({ name, ...worst, ratio, isLinear: ratio <= LIMIT }).toMatchObject({ isLinear: true });
}

function textOf({ head, unit, tail }: Worst, length: number): string {
  return head + unit.repeat(Math.floor((length - head.length - tail.length) / unit.length)) + tail;
}

/** CPU time of this thread in ms. */
async function measure(run: (text: string) => unknown, text: string): Promise<number> {
  const before = process.threadCpuUsage();
  await run(text);
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}
