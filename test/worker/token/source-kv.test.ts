import { beforeEach, describe, expect, it, vi } from "vitest";
import { apiCallsOf } from "../support/b2-behind-fetch.ts";
import { contentOf } from "../support/content-of.ts";
import { createIsolates, type Isolates } from "../support/isolates.ts";
import { runAhead } from "../support/run-ahead.ts";

const NOW = Date.UTC(2026, 10, 24, 18);
const HOUR_MS = 3_600_000;
const RECORD = "download-token";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW });
});

/** Isolates with a token in KV that one of them has minted. */
async function withToken(...options: Parameters<typeof createIsolates>): Promise<Isolates> {
  const isolates = createIsolates(...options);
  await isolates.start()();
  isolates.b2.reset();
  isolates.kv.readLog.length = 0;
  isolates.kv.writeLog.length = 0;
  return isolates;
}

function changeRecord({ kv }: Isolates, changes: object): void {
  const record: object = JSON.parse(kv.values.get(RECORD) ?? "{}");
  kv.values.set(RECORD, JSON.stringify({ ...record, ...changes }));
}

async function expectServed(response: Response): Promise<void> {
  expect([response.status, await contentOf(response)]).toEqual([200, "a cat"]);
}

const unusable: [string, (isolates: Isolates) => void][] = [
  ["is empty", ({ kv }) => kv.values.clear()],
  ["holds what is not JSON", ({ kv }) => kv.values.set(RECORD, "{")],
  ["holds an older version's record", (it) => changeRecord(it, { version: 0, token: undefined, text: "4_old" })],
  ["holds a later version's record", (it) => changeRecord(it, { version: 2 })],
  ["holds another key's record", (it) => changeRecord(it, { applicationKeyId: "0012345", token: "4_other" })],
  ["holds another prefix's record", (it) => changeRecord(it, { fileNamePrefix: "photos/" })],
  ["holds an expired token", (it) => changeRecord(it, { expiresAt: NOW - 1 })],
  ["holds a token that expires in a minute", (it) => changeRecord(it, { expiresAt: NOW + 60_000 })],
];

describe("a new isolate serves its first request, mints once, and mends KV, when KV", () => {
  it.each(unusable)("%s", async (_, change) => {
    const isolates = await withToken();
    change(isolates);
    const visit = isolates.start();
    await expectServed(await visit());
    await expectServed(await visit());
    expect(apiCallsOf(isolates.b2)).toBe(2);
    expect(isolates.kv.writeLog).toEqual([RECORD]);
    await expectServed(await isolates.start()());
    expect(apiCallsOf(isolates.b2)).toBe(2);
  });

  it("holds another bucket's record", async () => {
    const isolates = await withToken({ B2_BUCKET_NAME: "images" });
    changeRecord(isolates, { bucketName: "archive" });
    await expectServed(await isolates.start()());
    expect(JSON.parse(isolates.kv.values.get(RECORD) ?? "{}")).toMatchObject({ bucketName: "images" });
  });
});

describe("every request is served while KV", () => {
  it.each(["reads", "writes"] as const)(
    "throws at %s: one mint an isolate, and a line in the log",
    async (operation) => {
      const isolates = createIsolates();
      isolates.kv[operation] = "throws";
      const visit = isolates.start();
      for (let n = 0; n < 20; n += 1) await expectServed(await visit());
      expect(apiCallsOf(isolates.b2)).toBe(2);
      expect(isolates.logs.filter((line) => line.includes("token.store-failed"))).toHaveLength(1);
    },
  );

  it("throws at everything, and B2 answers 401 in between", async () => {
    const isolates = createIsolates();
    isolates.kv.reads = "throws";
    isolates.kv.writes = "throws";
    const visit = isolates.start();
    await expectServed(await visit());
    isolates.b2.expireTokens();
    await expectServed(await visit());
    await expectServed(await visit());
    expect(apiCallsOf(isolates.b2)).toBe(4);
  });

  it.each(["reads", "writes"] as const)("hangs at %s", async (operation) => {
    vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"], now: NOW });
    const isolates = createIsolates();
    isolates.kv[operation] = "hangs";
    await expectServed(await runAhead(isolates.start()()));
    expect(Date.now() - NOW).toBeLessThan(6_000);
  });
});

describe("a KV that lags by minutes", () => {
  it("and still has nothing: each new isolate mints for itself, and all are served", async () => {
    const isolates = createIsolates();
    isolates.kv.lag();
    for (let n = 0; n < 5; n += 1) await expectServed(await isolates.start()());
    expect(apiCallsOf(isolates.b2)).toBe(10);
  });

  it("and still has the token that was revoked: one mint, and served", async () => {
    const isolates = await withToken();
    isolates.kv.lag();
    isolates.b2.expireTokens();
    const visit = isolates.start();
    await expectServed(await visit());
    await expectServed(await visit());
    expect(apiCallsOf(isolates.b2)).toBe(2);
  });

  it("and still has the one before the held one: both revoked, one mint, and served", async () => {
    const isolates = await withToken();
    isolates.kv.lag();
    const visit = isolates.start();
    await visit();
    isolates.b2.expireTokens();
    await visit();
    vi.setSystemTime(NOW + HOUR_MS);
    isolates.b2.expireTokens();
    const before = apiCallsOf(isolates.b2);
    await expectServed(await visit());
    expect(apiCallsOf(isolates.b2)).toBe(before + 2);
  });

  it("an old token is no harm while B2 takes it, and the API is not called", async () => {
    const isolates = await withToken();
    isolates.kv.lag();
    vi.setSystemTime(NOW + 100 * HOUR_MS);
    await expectServed(await isolates.start()());
    expect(apiCallsOf(isolates.b2)).toBe(0);
  });
});

describe("with B2's API down", () => {
  const DOWN = ["b2_authorize_account", "b2_get_download_authorization"].map((operation) => ({
    operation,
    times: 1000,
    reset: "before" as const,
  }));

  it.each([1, 100, 167.9, 167.99])("a token %f hours old in KV serves a new isolate", async (ageHours) => {
    const isolates = await withToken();
    isolates.b2.faults(DOWN);
    vi.setSystemTime(NOW + ageHours * HOUR_MS);
    await expectServed(await isolates.start()());
  });

  it("a token in memory serves until its very end, with KV gone too", async () => {
    const isolates = createIsolates();
    const visit = isolates.start();
    await visit();
    isolates.b2.faults(DOWN);
    isolates.kv.reads = "throws";
    vi.setSystemTime(NOW + 168 * HOUR_MS - 1_000);
    await expectServed(await visit());
    vi.setSystemTime(NOW + 168 * HOUR_MS);
    expect((await visit()).status).toBe(503);
  });
});
