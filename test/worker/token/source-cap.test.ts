import { beforeEach, expect, it, vi } from "vitest";
import { callsOf } from "../support/b2-behind-fetch.ts";
import { createFaultyKvSite } from "../support/site.ts";

const AUTHORIZE = "b2_authorize_account";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 10, 24, 18) });
});

it("a mint that a reached cap prevents is 503, and the API is asked once in 5 minutes, as Retry-After says", async () => {
  const { b2, log, startIsolate } = createFaultyKvSite();
  b2.faults([{ operation: AUTHORIZE, times: 1000, status: 403, code: "transaction_cap_exceeded" }]);
  const visit = startIsolate();
  for (let seconds = 0; seconds < 300; seconds += 10) {
    const response = await visit();
    expect([response.status, response.headers.get("Retry-After")]).toEqual([503, String(300 - seconds)]);
    vi.setSystemTime(Date.now() + 10_000);
  }
  expect(callsOf(b2)).toEqual({ [AUTHORIZE]: 1 });
  expect(log.lines().join("\n")).toContain("MintError: authorize: b2_authorize_account: cap-exceeded (status 403");
  expect(log.lines().join("\n")).toContain("Caps & Alerts");
  await visit();
  expect(callsOf(b2)).toEqual({ [AUTHORIZE]: 2 });
});

it("B2's API is not asked before the time that its Retry-After names", async () => {
  const { b2, startIsolate } = createFaultyKvSite();
  b2.faults([{ operation: AUTHORIZE, status: 503, code: "service_unavailable", retryAfterSeconds: 60 }]);
  const visit = startIsolate();
  expect((await visit()).headers.get("Retry-After")).toBe("60");
  vi.setSystemTime(Date.now() + 59_000);
  expect((await visit()).status).toBe(503);
  expect(callsOf(b2)).toEqual({ [AUTHORIZE]: 1 });
  vi.setSystemTime(Date.now() + 6_000);
  expect((await visit()).status).toBe(200);
});

it("a token in KV is not touched by it: the cap of the API is not that of downloads", async () => {
  const { b2, startIsolate } = createFaultyKvSite();
  await startIsolate()();
  b2.faults([{ operation: AUTHORIZE, times: 1000, status: 403, code: "transaction_cap_exceeded" }]);
  expect((await startIsolate()()).status).toBe(200);
});
