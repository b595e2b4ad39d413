import { beforeEach, describe, expect, it, vi } from "vitest";
import { statusOf } from "../../../src/health/health.ts";
import { createHealthCheck } from "../../../src/health/health-check.ts";
import { formatRecord } from "../../../src/token/download-token.ts";
import type { Minted } from "../../../src/token/mint.ts";
import type { RotationOutcome } from "../../../src/token/rotation-history.ts";
import { passMs } from "../support/clock.ts";
import { HISTORY_KEY, SCOPE, TOKEN_KEY, tokenIssuedAt } from "../support/download-token.ts";
import { API_DOWN, createSourceUnderTest, mintedNow } from "../support/token-source.ts";

const HOUR_MS = 3_600_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 10, 24, 18) });
});

/** The health check of an isolate whose mint is a function of the test. */
function createChecked(mint: () => Promise<Minted> = () => Promise.reject(API_DOWN)) {
  const tested = createSourceUnderTest(mint);
  const { kv, store, source, caller } = tested;
  const logs: { event: string; fields: object | undefined }[] = [];
  const check = createHealthCheck({
    store,
    tokens: source,
    applicationKeyId: SCOPE.applicationKeyId,
    log: (_, event, fields) => logs.push({ event, fields }),
    now: Date.now,
    wait: async (ms) => {
      passMs(ms);
      await Promise.resolve();
    },
  });
  const reads = () => ({
    token: kv.readLog.filter(({ key }) => key === TOKEN_KEY).length,
    history: kv.readLog.filter(({ key }) => key === HISTORY_KEY).length,
  });
  return {
    ...tested,
    logs,
    reads,
    status: async () => statusOf(await check(caller)),
    check: () => check(caller),
    putToken: (ageHours: number) =>
      kv.values.set(TOKEN_KEY, formatRecord(tokenIssuedAt(Date.now() - ageHours * HOUR_MS))),
    putRuns: (...runs: RotationOutcome[]) => kv.values.set(HISTORY_KEY, JSON.stringify(runs)),
  };
}

describe("KV is read, though anybody may ask,", () => {
  it("for the history alone while memory has a young token", async () => {
    const { source, caller, status, reads, putToken } = createChecked();
    putToken(1);
    await source.get(caller);
    const before = reads();
    expect(await status()).toBe("ok");
    expect(reads()).toEqual({ token: before.token, history: 1 });
  });

  it("once a minute for each of the two records, however many ask, one after the other and at once", async () => {
    const { check, reads, putToken } = createChecked();
    putToken(100);
    for (let n = 0; n < 50; n += 1) await check();
    expect(reads()).toEqual({ token: 1, history: 1 });
    passMs(59_999);
    await Promise.all(Array.from({ length: 50 }, check));
    expect(reads()).toEqual({ token: 1, history: 1 });
    passMs(1);
    await Promise.all(Array.from({ length: 50 }, check));
    expect(reads()).toEqual({ token: 2, history: 2 });
  });

  it("once a minute while it throws, and memory decides", async () => {
    const { kv, source, caller, status, logs, putToken } = createChecked();
    putToken(1);
    await source.get(caller);
    kv.reads = "throws";
    kv.readLog.length = 0;
    for (let n = 0; n < 50; n += 1) expect(await status()).toBe("ok");
    expect(kv.readLog).toHaveLength(1);
    expect(logs.map(({ event }) => event)).toEqual(["token.store-failed"]);
  });

  it("and everybody who asks at once gets what the first one finds", async () => {
    const { check, putToken } = createChecked();
    putToken(1);
    expect((await Promise.all(Array.from({ length: 20 }, check))).map(statusOf)).toEqual(Array(20).fill("ok"));
  });

  it("again after a minute: what was rotated in between is seen", async () => {
    const { status, putToken } = createChecked();
    putToken(100);
    expect(await status()).toBe("degraded");
    putToken(0);
    expect(await status()).toBe("degraded");
    passMs(60_000);
    expect(await status()).toBe("ok");
  });

  it("for the token too when the last rotation failed: somebody may have minted since", async () => {
    const { source, caller, status, reads, putToken, putRuns } = createChecked();
    putToken(2);
    await source.get(caller);
    putRuns({ at: Date.now() - HOUR_MS, outcome: "failed", step: "authorize", cause: "key", durationMs: 1 });
    const before = reads();
    expect(await status()).toBe("degraded");
    expect(reads().token).toBe(before.token + 1);
    putToken(0);
    passMs(60_000);
    expect(await status()).toBe("ok");
  });
});

describe("where KV has no token", () => {
  it("one is minted, for a new site's visitors, and KV is asked no second time", async () => {
    const { status, mintedAt, reads, kv, afterwards } = createChecked(async () => mintedNow("4_new"));
    expect(await status()).toBe("ok");
    await Promise.all(afterwards);
    expect([mintedAt.length, reads()]).toEqual([1, { token: 1, history: 1 }]);
    expect(kv.values.get(TOKEN_KEY)).toContain("4_new");
  });

  it("one is minted for all who ask at once", async () => {
    const { check, mintedAt } = createChecked(async () => mintedNow("4_new"));
    expect((await Promise.all(Array.from({ length: 50 }, check))).map(statusOf)).toEqual(Array(50).fill("ok"));
    expect(mintedAt).toHaveLength(1);
  });

  it("a mint that fails is tried once a minute, by the same back-off as for visitors, and tells why", async () => {
    const { check, mintedAt, source, caller, reads } = createChecked();
    const start = Date.now();
    for (let second = 0; second < 240; second += 4) {
      expect(await check()).toEqual([expect.objectContaining({ status: "down", cause: "storage" })]);
      if (second === 0) await source.get(caller).catch(() => undefined);
      passMs(4_000);
    }
    expect(mintedAt.map((at) => (at - start) / 1000)).toEqual([0, 60, 120, 180]);
    expect(reads()).toEqual({ token: 4, history: 4 });
  });

  it("none is minted while KV cannot be read: it may have one", async () => {
    const { kv, check, mintedAt } = createChecked(async () => mintedNow("4_new"));
    kv.reads = "throws";
    expect(await check()).toEqual([expect.objectContaining({ status: "down", cause: "storage" })]);
    expect(mintedAt).toEqual([]);
  });

  it("none is minted for one that holds, however old", async () => {
    const { status, mintedAt, putToken } = createChecked(async () => mintedNow("4_new"));
    putToken(167.99);
    expect(await status()).toBe("degraded");
    expect(mintedAt).toEqual([]);
  });
});

it("what is wrong is told in the log once a minute, with the full reason", async () => {
  const { check, logs, putToken } = createChecked();
  putToken(100);
  for (let n = 0; n < 20; n += 1) await check();
  const reason = expect.stringContaining("No rotation has worked since");
  expect(logs).toEqual([{ event: "health", fields: { status: "degraded", cause: "storage", reason } }]);
});

it("refused downloads are in this isolate's health until one works, and nothing is written to KV", async () => {
  const { check, source, caller, kv, putToken, putRuns } = createChecked();
  putToken(1);
  putRuns({ at: Date.now() - HOUR_MS, outcome: "published", durationMs: 1 });
  const token = await source.get(caller);
  source.confirm(token);
  expect(await check()).toEqual([]);
  await source.renew(token, caller).catch(() => undefined);
  expect(await check()).toEqual([expect.objectContaining({ status: "degraded", cause: "key", since: Date.now() })]);
  source.confirm(token);
  expect(await check()).toEqual([]);
  expect(kv.writeLog).toEqual([]);
});
