import { beforeEach, describe, expect, it, vi } from "vitest";
import { callsOf } from "../support/b2-behind-fetch.ts";
import { passMs, runAhead } from "../support/clock.ts";
import { contentOf } from "../support/content-of.ts";
import { OLD_TOKEN_KEY } from "../support/download-token.ts";
import { type Isolate, startIsolate, type Vars } from "../support/isolate.ts";
import { createFaultyKvSite, type FaultyKvSite, uncachedVisit } from "../support/site.ts";

const AUTHORIZE = "b2_authorize_account";
const DOWNLOAD = "b2_download_file_by_name";
const NAMED = { B2_BUCKET_NAME: "images" };
const RECORD = "download-token/bucket/images/";
const HOUR_MS = 3_600_000;
const MISTYPED = { B2_APPLICATION_KEY_ID: "0012345", B2_APPLICATION_KEY: "mistyped" };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"], now: Date.UTC(2026, 10, 24, 18) });
});

/** A site whose token is an hour old. */
async function createRotatedSite(vars: Vars = NAMED): Promise<FaultyKvSite> {
  const site = createFaultyKvSite(vars);
  await site.rotate();
  passMs(HOUR_MS);
  site.b2.reset();
  site.log.clear();
  return site;
}

/** The next version of the Worker, deployed with other settings to the same B2 and KV. */
function deploy({ kv }: FaultyKvSite, vars: Vars): Isolate & { visit: () => Promise<Response> } {
  const isolate = startIsolate({ TOKENS: kv, ...vars });
  const visit = uncachedVisit(isolate);
  return { ...isolate, visit: () => runAhead(visit()) };
}

/** The settings of a new key that B2 knows beside the old one, with the same rights. */
function newKey({ b2 }: FaultyKvSite): Vars {
  const old = b2.world.keys.filter(({ keyId }) => keyId === b2.keyId);
  b2.world.keys.push(...old.map((key) => ({ ...key, keyId: "0012345", key: "new-key" })));
  return { ...NAMED, B2_APPLICATION_KEY_ID: "0012345", B2_APPLICATION_KEY: "new-key" };
}

describe("a new key that is wrong, where the settings name the bucket", () => {
  it("takes nothing down: the old key's token serves to its end, and the log says so", async () => {
    const site = await createRotatedSite();
    const { visit } = deploy(site, { ...NAMED, ...MISTYPED });
    for (let hours = 1; hours < 168; hours += 3) {
      const response = await visit();
      expect([response.status, await contentOf(response)]).toEqual([200, "a cat"]);
      passMs(3 * HOUR_MS);
    }
    expect((await visit()).status).toBe(503);
    expect(site.log.events()).toContainEqual(
      expect.objectContaining({ level: "warn", event: "token.last-resort", keyId: "local-key-id" }),
    );
    expect(site.log.lines().join("\n")).not.toMatch(/mistyped(?!,)|4_download/);
  });

  it("leaves B2's API alone as after any failed mint, and the old record in KV", async () => {
    const site = await createRotatedSite();
    const before = site.kv.values.get(RECORD);
    const { visit } = deploy(site, { ...NAMED, ...MISTYPED });
    for (let second = 0; second < 60; second += 1) {
      expect((await visit()).status).toBe(200);
      passMs(1_000);
    }
    expect(callsOf(site.b2)[AUTHORIZE]).toBe(4);
    expect(site.kv.values.get(RECORD)).toBe(before);
  });

  it("fails the cron's run, and leaves the old record in KV", async () => {
    const site = await createRotatedSite();
    const before = site.kv.values.get(RECORD);
    const { rotate } = deploy(site, { ...NAMED, ...MISTYPED });
    await expect(rotate()).rejects.toThrow("Check B2_APPLICATION_KEY_ID");
    expect(site.kv.values.get(RECORD)).toBe(before);
  });

  it("is over as soon as the key is right: one mint, and a record of this key", async () => {
    const site = await createRotatedSite();
    await deploy(site, { ...NAMED, ...MISTYPED }).visit();
    const { visit } = deploy(site, newKey(site));
    for (let n = 0; n < 3; n += 1) expect((await visit()).status).toBe(200);
    expect(JSON.parse(site.kv.values.get(RECORD) ?? "")).toMatchObject({ applicationKeyId: "0012345" });
    expect(callsOf(site.b2)[AUTHORIZE]).toBe(2);
  });
});

it("a new key that is right mints at once, however young the old key's token is", async () => {
  const site = await createRotatedSite();
  await site.rotate();
  site.b2.reset();
  expect((await deploy(site, newKey(site)).visit()).status).toBe(200);
  expect(callsOf(site.b2)[AUTHORIZE]).toBe(1);
});

describe("a new key whose tokens B2 refuses", () => {
  it("does not replace the old key's token, neither for visitors nor in KV", async () => {
    const site = await createRotatedSite();
    const before = site.kv.values.get(RECORD);
    const { visit, rotate } = deploy(site, newKey(site));
    site.b2.faults([{ operation: DOWNLOAD, times: 2, status: 401, code: "unauthorized" }]);
    expect((await visit()).status).toBe(200);
    site.b2.faults([{ operation: DOWNLOAD, times: 2, status: 401, code: "unauthorized" }]);
    expect(await runAhead(rotate().catch(String))).toContain("B2 refuses the new token");
    expect(site.kv.values.get(RECORD)).toBe(before);
  });
});

it("an old key's token that B2 refuses too is tried once, and then it is an error", async () => {
  const site = await createRotatedSite();
  const { visit } = deploy(site, { ...NAMED, ...MISTYPED });
  site.b2.faults([{ operation: DOWNLOAD, times: 99, status: 401, code: "bad_auth_token" }]);
  expect((await visit()).status).toBe(503);
  expect(callsOf(site.b2)[DOWNLOAD]).toBe(1);
});

it("without a bucket in the settings another key's token is not used: it may be for another bucket", async () => {
  const site = await createRotatedSite({});
  site.kv.values.set(OLD_TOKEN_KEY, site.kv.values.get("download-token/key/local-key-id/") ?? "");
  expect((await deploy(site, MISTYPED).visit()).status).toBe(503);
});

describe("an upgrade from a release that had one name for every record, while B2's API is down", () => {
  async function createOlderSite(vars: Vars): Promise<FaultyKvSite> {
    const site = await createRotatedSite(vars);
    const [name = ""] = site.kv.values.keys();
    const record = site.kv.values.get(name) ?? "";
    site.kv.values.clear();
    site.kv.values.set(OLD_TOKEN_KEY, record);
    site.b2.faults([{ operation: AUTHORIZE, times: 9999, reset: "before" }]);
    return site;
  }

  it.each([
    ["with the bucket's name", NAMED, RECORD],
    ["without", {}, "download-token/key/local-key-id/"],
  ])("serves on %s, and writes the record on under its new name", async (_, vars, name) => {
    const site = await createOlderSite(vars);
    site.kv.writeLog.length = 0;
    const { visit, rotate } = deploy(site, vars);
    expect((await visit()).status).toBe(200);
    expect(site.kv.values.get(name)).toBe(site.kv.values.get(OLD_TOKEN_KEY));
    await runAhead(rotate().catch(() => undefined));
    expect((await deploy(site, vars).visit()).status).toBe(200);
    expect(site.kv.writeLog.filter((key) => key === name)).toHaveLength(1);
    expect(callsOf(site.b2)[DOWNLOAD]).toBe(2);
  });

  it("and with another key at the same time: the old token is the last resort", async () => {
    const site = await createOlderSite(NAMED);
    expect((await deploy(site, { ...NAMED, ...MISTYPED }).visit()).status).toBe(200);
  });
});
