import { beforeEach, describe, expect, it, vi } from "vitest";
import { apiCallsOf } from "../support/b2-behind-fetch.ts";
import { runAhead } from "../support/clock.ts";
import { contentOf } from "../support/content-of.ts";
import { TOKEN_KEY } from "../support/download-token.ts";
import { createFaultyKvSite, type FaultyKvSite } from "../support/site.ts";

const NOW = Date.UTC(2026, 10, 24, 18);
const HOUR_MS = 3_600_000;
const WEEK_MS = 604_800_000;
const RECORD = TOKEN_KEY;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW });
});

/** A site with a token in KV that an isolate has minted. */
async function withToken(...options: Parameters<typeof createFaultyKvSite>): Promise<FaultyKvSite> {
  const site = createFaultyKvSite(...options);
  await site.startIsolate()();
  site.b2.reset();
  site.kv.readLog.length = 0;
  site.kv.writeLog.length = 0;
  return site;
}

function changeRecord({ kv }: FaultyKvSite, changes: object): void {
  const record: object = JSON.parse(kv.values.get(RECORD) ?? "{}");
  kv.values.set(RECORD, JSON.stringify({ ...record, ...changes }));
}

async function expectServed(response: Response): Promise<void> {
  expect([response.status, await contentOf(response)]).toEqual([200, "a cat"]);
}

const unusable: [string, (site: FaultyKvSite) => void][] = [
  ["is empty", ({ kv }) => kv.values.clear()],
  ["holds what is not JSON", ({ kv }) => kv.values.set(RECORD, "{")],
  ["holds an older version's record", (it) => changeRecord(it, { version: 0, token: undefined, text: "4_old" })],
  ["holds a later version's record", (it) => changeRecord(it, { version: 2 })],
  ["holds another key's record", (it) => changeRecord(it, { applicationKeyId: "0012345", token: "4_other" })],
  ["holds another prefix's record", (it) => changeRecord(it, { fileNamePrefix: "photos/" })],
  ["holds an expired token", (it) => changeRecord(it, { issuedAt: NOW - WEEK_MS, expiresAt: NOW - 1 })],
  [
    "holds a token that expires in a minute",
    (it) => changeRecord(it, { issuedAt: NOW - WEEK_MS, expiresAt: NOW + 60_000 }),
  ],
];

describe("a new isolate serves its first request, mints once, and mends KV, when KV", () => {
  it.each(unusable)("%s", async (_, change) => {
    const site = await withToken();
    change(site);
    const visit = site.startIsolate();
    await expectServed(await visit());
    await expectServed(await visit());
    expect(apiCallsOf(site.b2)).toBe(2);
    expect(site.kv.writeLog).toEqual([RECORD]);
    await expectServed(await site.startIsolate()());
    expect(apiCallsOf(site.b2)).toBe(2);
  });

  it("holds another bucket's record", async () => {
    const site = await withToken({ B2_BUCKET_NAME: "images" });
    const [name = ""] = site.kv.values.keys();
    site.kv.values.set(name, (site.kv.values.get(name) ?? "").replace('"images"', '"archive"'));
    await expectServed(await site.startIsolate()());
    expect(JSON.parse(site.kv.values.get(name) ?? "{}")).toMatchObject({ bucketName: "images" });
  });
});

describe("every request is served while KV", () => {
  it.each(["reads", "writes"] as const)(
    "throws at %s: one mint an isolate, and a line in the log",
    async (operation) => {
      const site = createFaultyKvSite();
      site.kv[operation] = "throws";
      const visit = site.startIsolate();
      for (let n = 0; n < 20; n += 1) await expectServed(await visit());
      expect(apiCallsOf(site.b2)).toBe(2);
      expect(site.log.lines().filter((line) => line.includes("token.store-failed"))).toHaveLength(1);
    },
  );

  it("throws at everything, and B2 answers 401 in between", async () => {
    const site = createFaultyKvSite();
    site.kv.reads = "throws";
    site.kv.writes = "throws";
    const visit = site.startIsolate();
    await expectServed(await visit());
    site.b2.expireTokens();
    await expectServed(await visit());
    await expectServed(await visit());
    expect(apiCallsOf(site.b2)).toBe(4);
  });

  it.each(["reads", "writes"] as const)("hangs at %s", async (operation) => {
    vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"], now: NOW });
    const site = createFaultyKvSite();
    site.kv[operation] = "hangs";
    await expectServed(await runAhead(site.startIsolate()()));
    expect(Date.now() - NOW).toBeLessThan(6_000);
  });
});

it("a KV that hangs is waited for once by a visitor for whom nothing can be minted", async () => {
  vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"], now: NOW });
  const site = createFaultyKvSite();
  site.kv.reads = "hangs";
  site.b2.faults([{ operation: "b2_authorize_account", times: 1000, status: 401, code: "unauthorized" }]);
  expect((await runAhead(site.startIsolate()())).status).toBe(503);
  expect(Date.now() - NOW).toBeLessThan(6_000);
  expect(site.kv.readLog).toHaveLength(1);
});

describe("a KV that lags by minutes", () => {
  it("and still has nothing: each new isolate mints for itself, and all are served", async () => {
    const site = createFaultyKvSite();
    site.kv.lag();
    for (let n = 0; n < 5; n += 1) await expectServed(await site.startIsolate()());
    expect(apiCallsOf(site.b2)).toBe(10);
  });

  it("and still has the token that was revoked: one mint, and served", async () => {
    const site = await withToken();
    site.kv.lag();
    vi.setSystemTime(NOW + HOUR_MS);
    site.b2.expireTokens();
    const visit = site.startIsolate();
    await expectServed(await visit());
    await expectServed(await visit());
    expect(apiCallsOf(site.b2)).toBe(2);
  });

  it("and still has the one before the held one: both revoked, one mint, and served", async () => {
    const site = await withToken();
    site.kv.lag();
    const visit = site.startIsolate();
    await visit();
    vi.setSystemTime(NOW + HOUR_MS);
    site.b2.expireTokens();
    await visit();
    vi.setSystemTime(NOW + 2 * HOUR_MS);
    site.b2.expireTokens();
    const before = apiCallsOf(site.b2);
    await expectServed(await visit());
    expect(apiCallsOf(site.b2)).toBe(before + 2);
  });

  it("an old token is no harm while B2 takes it, and the API is not called", async () => {
    const site = await withToken();
    site.kv.lag();
    vi.setSystemTime(NOW + 100 * HOUR_MS);
    await expectServed(await site.startIsolate()());
    expect(apiCallsOf(site.b2)).toBe(0);
  });
});

describe("with B2's API down", () => {
  const DOWN = ["b2_authorize_account", "b2_get_download_authorization"].map((operation) => ({
    operation,
    times: 1000,
    reset: "before" as const,
  }));

  it.each([1, 100, 167.9, 167.99])("a token %f hours old in KV serves a new isolate", async (ageHours) => {
    const site = await withToken();
    site.b2.faults(DOWN);
    vi.setSystemTime(NOW + ageHours * HOUR_MS);
    await expectServed(await site.startIsolate()());
  });

  it("a token in memory serves until its very end, with KV gone too", async () => {
    const site = createFaultyKvSite();
    const visit = site.startIsolate();
    await visit();
    site.b2.faults(DOWN);
    site.kv.reads = "throws";
    vi.setSystemTime(NOW + 168 * HOUR_MS - 1_000);
    await expectServed(await visit());
    vi.setSystemTime(NOW + 168 * HOUR_MS);
    expect((await visit()).status).toBe(503);
  });
});
