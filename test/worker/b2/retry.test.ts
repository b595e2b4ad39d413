import { beforeEach, describe, expect, it, vi } from "vitest";
import { B2Error, type B2FaultCode } from "../../../src/b2/error.ts";
import { withRetries } from "../../../src/b2/retry.ts";
import { runAhead } from "../support/run-ahead.ts";

const NOW = Date.UTC(2026, 10, 24, 18);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"], now: NOW });
});

function fault(code: B2FaultCode, retryAfterSeconds?: number): B2Error {
  return new B2Error({ code, operation: "b2_some_call", retryAfterSeconds });
}

interface Attempt {
  /** When, in ms after the first. */
  at: number;
  timeoutMs: number;
}

/** Runs until a fault of the list is `undefined`, which is a success. Each attempt takes so long. */
async function run(faults: (Error | undefined)[], { budgetMs = 10_000, attemptMs = 0 } = {}) {
  const attempts: Attempt[] = [];
  const retried: string[] = [];
  const attempt = async (timeoutMs: number) => {
    attempts.push({ at: Date.now() - NOW, timeoutMs });
    if (attemptMs > 0) await new Promise((resolve) => setTimeout(resolve, attemptMs));
    const next = faults[attempts.length - 1];
    if (next !== undefined) throw next;
    return "done";
  };
  const onRetry = ({ code }: B2Error) => retried.push(code);
  const outcome = await runAhead(withRetries(attempt, { budgetMs, onRetry }).catch((error: unknown) => error));
  return { outcome, attempts, retried };
}

describe("an attempt is made again", () => {
  it.each(["too-many-requests", "unavailable", "unreachable"] as const)("up to twice after %s", async (code) => {
    const third = fault(code);
    expect(await run([fault(code), fault(code), undefined])).toMatchObject({ outcome: "done", retried: [code, code] });
    const failed = await run([fault(code), fault(code), third, undefined]);
    expect(failed.outcome).toBe(third);
    expect([failed.attempts.length, failed.retried.length]).toEqual([3, 2]);
  });

  it.each(["bad-request", "unauthorized", "access-denied", "cap-exceeded", "timeout", "unexpected-answer"] as const)(
    "never after %s",
    async (code) => {
      const { outcome, attempts, retried } = await run([fault(code), undefined]);
      expect([outcome, attempts.length, retried]).toEqual([fault(code), 1, []]);
    },
  );

  it("never after an error that is not B2's", async () => {
    const { attempts, retried } = await run([new RangeError("ours"), undefined]);
    expect([attempts.length, retried]).toEqual([1, []]);
  });
});

describe("the pause", () => {
  it.each([
    [0, 200, 400],
    [0.999, 400, 800],
  ])("has jitter: with %f it is %i ms, then %i ms", async (random, first, second) => {
    vi.spyOn(Math, "random").mockReturnValue(random);
    const { attempts } = await run([fault("unavailable"), fault("unavailable"), undefined]);
    const [, one = 0, two = 0] = attempts.map(({ at }) => at);
    expect([one, two - one]).toEqual([expect.closeTo(first, -1), expect.closeTo(second, -1)]);
  });

  it("is as long as a short Retry-After", async () => {
    const { outcome, attempts } = await run([fault("too-many-requests", 4), undefined]);
    expect([outcome, attempts[1]?.at]).toEqual(["done", 4_000]);
  });

  it.each([10, 11, 3600])("is not made for a Retry-After of %i s, which is beyond the budget", async (seconds) => {
    const { attempts, retried } = await run([fault("unavailable", seconds), undefined]);
    expect([attempts.length, retried]).toEqual([1, []]);
  });
});

describe("all attempts and pauses are inside one budget", () => {
  it("each attempt may take what is left of it", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0);
    const { attempts } = await run([fault("unreachable"), fault("unreachable"), undefined], { attemptMs: 1_000 });
    expect(attempts.map(({ timeoutMs }) => timeoutMs)).toEqual(
      [10_000, 8_800, 7_400].map((ms) => expect.closeTo(ms, -1)),
    );
  });

  it("no attempt begins when it is used up", async () => {
    const { attempts, outcome } = await run([fault("unreachable"), undefined], { attemptMs: 9_900 });
    expect([attempts.length, outcome]).toEqual([1, fault("unreachable")]);
  });
});
