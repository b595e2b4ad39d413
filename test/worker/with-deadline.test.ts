import { beforeEach, expect, it, vi } from "vitest";
import { withDeadline } from "../../src/with-deadline.ts";

const LATE = new Error("late");

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});

function inASecond<T>(work: Promise<T>): Promise<T> {
  return withDeadline(work, 1_000, () => LATE);
}

it("work that is done in time is given, and leaves no timer", async () => {
  expect([await inASecond(Promise.resolve("done")), vi.getTimerCount()]).toEqual(["done", 0]);
});

it("work that fails in time throws what it threw, and leaves no timer", async () => {
  const fault = new Error("fault");
  await expect(inASecond(Promise.reject(fault))).rejects.toBe(fault);
  expect(vi.getTimerCount()).toBe(0);
});

it.each(["done", "fails"])(
  "work that is late throws what says so, and what comes of it (%s) is left alone",
  async (end) => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const waiting = inASecond(promise);
    vi.advanceTimersByTime(1_000);
    await expect(waiting).rejects.toBe(LATE);
    if (end === "done") resolve(end);
    else reject(new Error(end));
    await expect(waiting).rejects.toBe(LATE);
  },
);

it("no time at all is late at once", async () => {
  const waiting = withDeadline(new Promise(() => undefined), -5, () => LATE);
  vi.advanceTimersByTime(0);
  await expect(waiting).rejects.toBe(LATE);
});
