import { beforeEach, describe, expect, it, vi } from "vitest";
import { callsOf } from "../support/b2-behind-fetch.ts";
import { createFaultyKvSite } from "../support/site.ts";

const DOWNLOAD = "b2_download_file_by_name";
const AUTHORIZE = "b2_authorize_account";
const NOW = Date.UTC(2026, 10, 24, 18);
const HOUR_MS = 3_600_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW });
});

describe("while B2 refuses every token", () => {
  it("a visitor gets 502, and the API is asked for one token, then after 5 s, 10 s, 20 s", async () => {
    const { b2, startIsolate } = createFaultyKvSite();
    const visit = startIsolate();
    await visit();
    b2.reset();
    vi.setSystemTime(NOW + HOUR_MS);
    b2.faults([{ operation: DOWNLOAD, times: 9999, status: 401, code: "unauthorized" }]);
    expect((await visit()).status).toBe(502);
    for (let second = 0; second < 60; second += 1) {
      expect((await visit()).ok).toBe(false);
      vi.setSystemTime(Date.now() + 1_000);
    }
    expect(callsOf(b2)[AUTHORIZE]).toBeLessThanOrEqual(5);
  }, 20_000);

  it.each([
    ["that memory held", 0],
    ["that KV has, and another one is in memory", 1],
    ["that KV has, and those before it are dead", 2],
  ])("nothing is lost: the first visitor after it is served with a token %s", async (_, dead) => {
    const { b2, startIsolate } = createFaultyKvSite();
    const visit = startIsolate();
    for (let n = 0; n < dead; n += 1) {
      await visit();
      b2.expireTokens();
      vi.setSystemTime(Date.now() + HOUR_MS);
    }
    await visit();
    vi.setSystemTime(Date.now() + HOUR_MS);
    b2.faults([{ operation: DOWNLOAD, times: 9999, status: 401, code: "unauthorized" }]);
    for (let n = 0; n < 5; n += 1) expect((await visit()).ok).toBe(false);
    b2.reset();
    expect((await visit()).status).toBe(200);
  });
});
