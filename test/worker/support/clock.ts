import { vi } from "vitest";

/** Lets faked timers run ahead until the work is done, while what is real (KV, streams) still gets its time. */
export async function runAhead<T>(work: Promise<T>, stepMs = 250): Promise<T> {
  let done = false;
  const end = () => {
    done = true;
  };
  work.then(end, end);
  while (!done) {
    await vi.advanceTimersByTimeAsync(stepMs);
    await scheduler.wait(1);
  }
  return await work;
}

/** Moves the faked clock of everybody. */
export function passMs(ms: number): void {
  vi.setSystemTime(Date.now() + ms);
}
