import { beforeEach, describe, expect, it, vi } from "vitest";
import { apiCallsOf, callsOf } from "../support/b2-behind-fetch.ts";
import { runAhead } from "../support/clock.ts";
import { HISTORY_KEY, OLD_TOKEN_KEY, TOKEN_KEY } from "../support/download-token.ts";
import { createFaultyKvSite } from "../support/site.ts";

const AUTHORIZE = "b2_authorize_account";
const GRANT = "b2_get_download_authorization";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 10, 24, 18) });
});

async function statusesOf(visits: Promise<Response>[]): Promise<number[]> {
  return [...new Set((await Promise.all(visits)).map(({ status }) => status))];
}

describe("500 concurrent first requests to one isolate", () => {
  it.each([
    ["at once", 0],
    ["with an API that takes 300 ms a call", 300],
  ])("are all served with one mint, of 2 API calls: %s", async (_, delayMs) => {
    const { b2, kv, startIsolate } = createFaultyKvSite();
    for (const operation of [AUTHORIZE, GRANT]) b2.faults([{ operation, delayMs }]);
    const visit = startIsolate();
    expect(await statusesOf(Array.from({ length: 500 }, () => visit()))).toEqual([200]);
    expect(apiCallsOf(b2)).toBe(2);
    expect(kv.readLog.map(({ key }) => key)).toEqual([TOKEN_KEY, OLD_TOKEN_KEY]);
    expect(kv.writeLog).toEqual([TOKEN_KEY]);
  });

  it("are all served from KV when it has a token, without a call of the API", async () => {
    const { b2, kv, startIsolate } = createFaultyKvSite();
    await startIsolate()();
    const before = apiCallsOf(b2);
    kv.readLog.length = 0;
    const visit = startIsolate();
    expect(await statusesOf(Array.from({ length: 500 }, () => visit()))).toEqual([200]);
    expect(apiCallsOf(b2)).toBe(before);
    expect(kv.readLog).toHaveLength(1);
  });

  it("cost one try when B2's API is down, and are all told when to come again", async () => {
    const { b2, startIsolate } = createFaultyKvSite();
    b2.faults([{ operation: AUTHORIZE, times: 1000, status: 503, code: "service_unavailable", delayMs: 50 }]);
    const visit = startIsolate();
    const responses = await Promise.all(Array.from({ length: 500 }, () => visit()));
    expect(new Set(responses.map((it) => [it.status, it.headers.get("Retry-After")].join()))).toEqual(
      new Set(["503,5"]),
    );
    expect(callsOf(b2)[AUTHORIZE]).toBe(1);
  });
});

describe("in the steady state", () => {
  it("no request reads KV, and none calls B2's API", async () => {
    const { b2, kv, startIsolate } = createFaultyKvSite();
    const visit = startIsolate();
    await visit();
    const before = [apiCallsOf(b2), kv.readLog.length, kv.writeLog.length];
    for (let n = 0; n < 100; n += 1) expect((await visit()).status).toBe(200);
    expect([apiCallsOf(b2), kv.readLog.length, kv.writeLog.length]).toEqual(before);
  });

  it("a token is used until 5 minutes before its end, and then another one", async () => {
    const { b2, startIsolate } = createFaultyKvSite();
    const visit = startIsolate();
    await visit();
    vi.setSystemTime(Date.now() + 604_800_000 - 301_000);
    expect((await visit()).status).toBe(200);
    expect(apiCallsOf(b2)).toBe(2);
    vi.setSystemTime(Date.now() + 1_000);
    expect((await visit()).status).toBe(200);
    expect(apiCallsOf(b2)).toBe(4);
  });
});

describe("a wait is bounded", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"], now: Date.UTC(2026, 10, 24, 18) });
  });

  async function waitOf(visit: Promise<Response>): Promise<{ response: Response; seconds: number }> {
    const from = Date.now();
    const response = await visit;
    return { response, seconds: (Date.now() - from) / 1000 };
  }

  it("for a slow mint that works in the end: all are served", async () => {
    const { b2, startIsolate } = createFaultyKvSite();
    b2.faults([{ operation: AUTHORIZE, delayMs: 8_000 }]);
    const visit = startIsolate();
    const waits = await runAhead(Promise.all([waitOf(visit()), waitOf(visit())]));
    expect(new Set(waits.map(({ response }) => response.status))).toEqual(new Set([200]));
    expect(Math.max(...waits.map(({ seconds }) => seconds))).toBeLessThan(10);
    expect(apiCallsOf(b2)).toBe(2);
  });

  it("to 15 seconds for a mint of another request that takes longer: 503 with Retry-After", async () => {
    const { b2, startIsolate } = createFaultyKvSite();
    b2.faults([
      { operation: AUTHORIZE, delayMs: 9_000 },
      { operation: GRANT, stall: true },
    ]);
    const visit = startIsolate();
    const [first, second] = await runAhead(Promise.all([waitOf(visit()), waitOf(visit())]));
    expect([first.response.status, first.seconds]).toEqual([503, expect.closeTo(19, 0)]);
    expect([second.response.status, second.seconds]).toEqual([503, expect.closeTo(15, 0)]);
    expect(second.response.headers.get("Retry-After")).toMatch(/^[1-9]\d*$/);
    expect(apiCallsOf(b2)).toBe(2);
  });
});

it("the history of rotations is not written on the request path, whatever happens there", async () => {
  const { b2, kv, startIsolate } = createFaultyKvSite();
  const visit = startIsolate();
  await visit();
  b2.expireTokens();
  await visit();
  b2.setKey({ key: "another" });
  b2.expireTokens();
  await visit();
  expect(new Set(kv.writeLog)).toEqual(new Set([TOKEN_KEY]));
  expect(kv.readLog.map(({ key }) => key)).not.toContain(HISTORY_KEY);
});
