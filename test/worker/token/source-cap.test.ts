import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { callsOf } from "./b2-behind-fetch.ts";
import { createIsolates } from "./isolates.ts";

const AUTHORIZE = "b2_authorize_account";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 10, 24, 18) });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

it("a mint that a reached cap prevents is 503 with the seconds to 00:00 UTC, and the log says what to do", async () => {
  const { b2, logs, start } = createIsolates();
  b2.faults([{ operation: AUTHORIZE, times: 1000, status: 403, code: "transaction_cap_exceeded" }]);
  const response = await start()();
  expect([response.status, response.headers.get("Retry-After")]).toEqual([503, String(6 * 3600)]);
  expect(logs.join("\n")).toContain("MintError: authorize: b2_authorize_account: cap-exceeded (status 403");
  expect(logs.join("\n")).toContain("Caps & Alerts");
  expect(callsOf(b2)).toEqual({ [AUTHORIZE]: 1 });
});

it("a token in KV is not touched by it: the cap of the API is not that of downloads", async () => {
  const { b2, start } = createIsolates();
  await start()();
  b2.faults([{ operation: AUTHORIZE, times: 1000, status: 403, code: "transaction_cap_exceeded" }]);
  expect((await start()()).status).toBe(200);
});
