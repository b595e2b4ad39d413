/**
 * The clock jumps from one thing due to the next. Before each jump all code gets to run until it waits for something:
 * everything in a simulation is promises (no I/O), and no chain of them from one wait to the next is longer than 20
 * (measured). A test shows that more changes nothing.
 */
const PROMISES_IN_A_ROW = 40;
const AMPLE_PROMISES_IN_A_ROW = 120;
/** Who waits for the value of another request looks every 20 ms, and waits again at once: nearly all that is ever due. */
const PROMISES_OF_A_LOOK = 4;

export interface VirtualTime {
  /** ms since the epoch. */
  now(): number;
  at(time: number, run: () => void): void;
  wait(ms: number): Promise<void>;
  /** Runs everything due until `end`, with `Date`, the timers and `fetch` of the tested code on this clock. */
  run(end: number, fetch: typeof globalThis.fetch): Promise<void>;
  /** Ends the run after what is due now. */
  stop(): void;
}

interface Due {
  time: number;
  order: number;
  run: (() => void) | undefined;
}

/**
 * A clock that jumps from one due moment to the next. `ample`: code gets more time than it can need before each jump, and no
 * short cut is taken. One factory, since all of it works on the one queue of what is due.
 */
export function createVirtualTime(start: number, { ample }: { ample: boolean }): VirtualTime {
  const heap: Due[] = [];
  const timers = new Map<number, Due>();
  let now = start;
  let order = 0;
  let lastWait = 0;
  let stopped = false;

  function at(time: number, run: () => void): Due {
    order += 1;
    const due = { time: Math.max(now, time), order, run };
    push(heap, due);
    return due;
  }

  function startTimer(run: () => void, ms = 0): number {
    const due = at(now + ms, run);
    timers.set(due.order, due);
    return due.order;
  }

  function clearTimer(id: number | undefined): void {
    const due = id === undefined ? undefined : timers.get(id);
    if (due === undefined) return;
    due.run = undefined;
    timers.delete(due.order);
  }

  async function runUntil(end: number): Promise<void> {
    for (let due = pop(heap); due !== undefined && due.time <= end && !stopped; due = pop(heap)) {
      if (due.run === undefined) continue;
      now = due.time;
      timers.delete(due.order);
      const before = order;
      due.run();
      for (let n = 0; n < PROMISES_OF_A_LOOK; n += 1) await undefined;
      const onlyWaitsAgain = order === before + 1 && lastWait === order;
      if (onlyWaitsAgain && !ample) continue;
      for (let n = 0; n < (ample ? AMPLE_PROMISES_IN_A_ROW : PROMISES_IN_A_ROW); n += 1) await undefined;
    }
  }

  function wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      lastWait = at(now + ms, resolve).order;
    });
  }

  async function run(end: number, fetch: typeof globalThis.fetch): Promise<void> {
    class VirtualDate extends Date {
      static override now(): number {
        return now;
      }
    }
    const restore = replaceGlobals({ Date: VirtualDate, setTimeout: startTimer, clearTimeout: clearTimer, fetch });
    const { random } = Math;
    // The jitter of retries.
    Math.random = () => 0.5;
    try {
      await runUntil(end);
    } finally {
      Math.random = random;
      restore();
    }
  }

  return {
    now: () => now,
    at: (time, run) => void at(time, run),
    wait,
    run,
    stop: () => {
      stopped = true;
    },
  };
}

/** For Vitest and for Node alone; gives what puts the real ones back. */
function replaceGlobals(replacements: Record<string, unknown>): () => void {
  const names = Object.keys(replacements);
  const real = Object.fromEntries(names.map((name) => [name, Reflect.get(globalThis, name)]));
  Object.assign(globalThis, replacements);
  return () => void Object.assign(globalThis, real);
}

/** A binary heap: the earliest first, and of two at once the one asked for first. */
function push(heap: Due[], due: Due): void {
  let index = heap.length;
  while (index > 0) {
    const above = (index - 1) >> 1;
    const parent = heap[above];
    if (parent === undefined || isEarlier(parent, due)) break;
    heap[index] = parent;
    index = above;
  }
  heap[index] = due;
}

function pop(heap: Due[]): Due | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (first === undefined || last === undefined || heap.length === 0) return first;
  let index = 0;
  for (;;) {
    const left = heap[2 * index + 1];
    const right = heap[2 * index + 2];
    const isRight = left !== undefined && right !== undefined && isEarlier(right, left);
    const child = isRight ? right : left;
    if (child === undefined || isEarlier(last, child)) break;
    heap[index] = child;
    index = 2 * index + (isRight ? 2 : 1);
  }
  heap[index] = last;
  return first;
}

function isEarlier(one: Due, other: Due): boolean {
  return one.time < other.time || (one.time === other.time && one.order < other.order);
}
