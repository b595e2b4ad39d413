import { beforeEach, describe, expect, it, vi } from "vitest";
import { B2Error, type B2FaultCode } from "../../../src/b2/error.ts";
import { downloadWithRetries } from "../../../src/b2/retry.ts";
import { runAhead } from "../support/clock.ts";

const NOW = Date.UTC(2026, 10, 24, 18);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"], now: NOW });
});

function fault(code: B2FaultCode, retryAfterSeconds?: number): B2Error {
  return new B2Error({ code, operation: "b2_some_call", retryAfterSeconds });
}

/** The status with which B2 tells each fault. */
const ANSWERS: Record<Exclude<B2FaultCode, "timeout" | "unreachable" | "customer-key-needed">, number> = {
  "bad-request": 400,
  unauthorized: 401,
  "access-denied": 403,
  "cap-exceeded": 403,
  "too-many-requests": 429,
  unavailable: 503,
  "unexpected-answer": 302,
};

function answerOf({ code, retryAfterSeconds }: B2Error): Response | Promise<Response> {
  if (code === "timeout") return new Promise<never>(() => undefined);
  if (code === "unreachable") throw new TypeError("Network connection lost.");
  const headers = retryAfterSeconds === undefined ? {} : { "Retry-After": String(retryAfterSeconds) };
  const b2Code = code === "cap-exceeded" ? "download_cap_exceeded" : "some_code";
  if (code === "customer-key-needed") return Response.json({ message: "Server Side Encryption" }, { status: 400 });
  return Response.json({ code: b2Code }, { status: ANSWERS[code], headers });
}

/** Downloads from a B2 that has these faults, one after the other, and then the file. Each answer takes `attemptMs`. */
async function run(faults: B2Error[], { budgetMs = 10_000, attemptMs = 0 } = {}) {
  const attempts: number[] = [];
  const retried: string[] = [];
  vi.stubGlobal("fetch", async () => {
    attempts.push(Date.now() - NOW);
    if (attemptMs > 0) await new Promise((resolve) => setTimeout(resolve, attemptMs));
    const next = faults[attempts.length - 1];
    return next === undefined ? new Response("done", { headers: { "X-Bz-File-Id": "4_z1" } }) : answerOf(next);
  });
  const access = { downloadUrl: "https://f000.backblazeb2.com", bucketName: "images", token: "token" };
  const wanted = { method: "GET", fileName: "cat.jpg", range: undefined } as const;
  const onRetry = ({ code }: B2Error) => retried.push(code);
  const download = downloadWithRetries(access, wanted, { budgetMs, onRetry });
  const outcome = await runAhead(download.catch((error: unknown) => error));
  const result = outcome instanceof B2Error ? outcome.code : "done";
  return { result, attempts, retried, endedAt: Date.now() - NOW };
}

describe("an attempt is made again", () => {
  it.each(["too-many-requests", "unavailable", "unreachable"] as const)("up to twice after %s", async (code) => {
    expect(await run([fault(code), fault(code)])).toMatchObject({ result: "done", retried: [code, code] });
    const failed = await run([fault(code), fault(code), fault(code)]);
    expect(failed.result).toBe(code);
    expect([failed.attempts.length, failed.retried.length]).toEqual([3, 2]);
  });

  it.each([
    "bad-request",
    "customer-key-needed",
    "unauthorized",
    "access-denied",
    "cap-exceeded",
    "timeout",
    "unexpected-answer",
  ] as const)("never after %s", async (code) => {
    const { result, attempts, retried } = await run([fault(code)]);
    expect([result, attempts.length, retried]).toEqual([code, 1, []]);
  });
});

describe("the pause", () => {
  it.each([
    [0, 200, 400],
    [0.999, 400, 800],
  ])("has jitter: with %f it is %i ms, then %i ms", async (random, first, second) => {
    vi.spyOn(Math, "random").mockReturnValue(random);
    const { attempts } = await run([fault("unavailable"), fault("unavailable")]);
    const [, one = 0, two = 0] = attempts;
    expect([one, two - one]).toEqual([expect.closeTo(first, -1), expect.closeTo(second, -1)]);
  });

  it("is as long as a short Retry-After", async () => {
    const { result, attempts } = await run([fault("too-many-requests", 4)]);
    expect([result, attempts[1]]).toEqual(["done", 4_000]);
  });

  it.each([10, 11, 3600])("is not made for a Retry-After of %i s, which is beyond the budget", async (seconds) => {
    const { attempts, retried } = await run([fault("unavailable", seconds)]);
    expect([attempts.length, retried]).toEqual([1, []]);
  });
});

describe("all attempts and pauses are inside one budget", () => {
  it("each attempt may take what is left of it", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0);
    const faults = [fault("unreachable"), fault("unreachable"), fault("timeout")];
    const { result, attempts, endedAt } = await run(faults, { attemptMs: 1_000 });
    expect(attempts).toEqual([0, 1_200, 2_600].map((ms) => expect.closeTo(ms, -1)));
    // The clock of the test goes in steps of 250 ms.
    expect([result, Math.floor(endedAt / 1_000)]).toEqual(["timeout", 10]);
  });

  it("no attempt begins when it is used up", async () => {
    const { attempts, result } = await run([fault("unreachable")], { attemptMs: 9_900 });
    expect([attempts.length, result]).toEqual([1, "unreachable"]);
  });
});
