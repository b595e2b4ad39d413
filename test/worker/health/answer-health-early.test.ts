import { beforeEach, describe, expect, it, vi } from "vitest";
import { callsOf } from "../support/b2-behind-fetch.ts";
import { createSiteOfDeletedKey, healthOf } from "../support/health-of.ts";
import { startIsolate } from "../support/isolate.ts";
import { BEARER, OWNER } from "../support/owner.ts";
import { createFaultyKvSite, createSite, createSiteWithToken, uncachedVisit } from "../support/site.ts";

const DOWNLOAD = "b2_download_file_by_name";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 10, 24, 18) });
});

describe("health shows at once what would stop downloads only days later", () => {
  it("a deleted key: degraded from the first rotation on, while the old token works", async () => {
    const site = await createSiteOfDeletedKey({ tokensToo: false });
    await site.rotate().catch(() => undefined);
    expect((await site.visit()).status).toBe(200);
    expect((await healthOf(site)).body).toMatchObject({ status: "degraded", cause: "key" });
  });

  it("a deleted key whose tokens died with it: down, once a visitor was refused", async () => {
    const site = await createSiteOfDeletedKey({ tokensToo: true });
    expect((await site.visit()).ok).toBe(false);
    const { status, body } = await healthOf(site);
    expect([status, body]).toEqual([503, { status: "down", cause: "key", detail: expect.any(String) }]);
  });

  it("a deleted bucket: degraded from the first rotation on", async () => {
    const site = await createSiteWithToken();
    site.b2.deleteBucket("images");
    await site.rotate().catch(() => undefined);
    const { status, body } = await healthOf(site);
    expect([status, body]).toEqual([200, { status: "degraded", cause: "bucket", detail: expect.any(String) }]);
  });

  it("a new site with a wrong key: down at once, by that word", async () => {
    const site = createSite({ B2_APPLICATION_KEY: "mistyped" });
    expect((await healthOf(site)).body).toMatchObject({ status: "down", cause: "key" });
  });

  it("a new site whose B2 is away: down for what passes", async () => {
    const site = createSite();
    site.b2.faults([{ operation: "b2_authorize_account", times: 9, status: 503, code: "service_unavailable" }]);
    expect((await healthOf(site)).body).toMatchObject({ status: "down", cause: "storage" });
  });

  it("a new site with all in order is ok before anybody has asked for an image, and one mint is all it costs", async () => {
    const site = createFaultyKvSite();
    for (let n = 0; n < 5; n += 1) expect((await healthOf(site)).body).toEqual({ status: "ok" });
    expect(callsOf(site.b2)).toMatchObject({ b2_authorize_account: 1 });
    expect(site.kv.writeLog).toEqual(["download-token/key/local-key-id/"]);
  });

  it("a new key that is wrong: degraded, since the old key's token is used", async () => {
    const site = createFaultyKvSite({ B2_BUCKET_NAME: "images" });
    await site.rotate();
    const vars = { B2_BUCKET_NAME: "images", B2_APPLICATION_KEY_ID: "0012345", TOKENS: site.kv, ...OWNER };
    const visit = uncachedVisit(startIsolate(vars));
    const { status, body } = await healthOf({ visit }, BEARER);
    expect([status, body]).toEqual([200, expect.objectContaining({ status: "degraded", cause: "key" })]);
    expect(body.reason).toContain("the one of the key local-key-id is used until 2026-12-01");
  });
});

describe("a visitor who asks for a name that B2 refuses", () => {
  it("makes this isolate alone degraded, writes nothing to KV and alerts nobody", async () => {
    const site = createFaultyKvSite({ ALERT_WEBHOOK_URL: "https://hooks.example/" });
    await site.rotate();
    await site.visit();
    site.advance(60);
    const asked = vi.spyOn(globalThis, "fetch");
    site.kv.writeLog.length = 0;
    site.b2.faults([{ operation: DOWNLOAD, times: 1, status: 401, code: "bad_auth_token" }]);
    expect((await site.visit("/odd.jpg")).ok).toBe(false);
    expect((await healthOf(site)).body).toMatchObject({ status: "degraded", cause: "key" });
    const other = site.startIsolate();
    expect((await healthOf({ visit: other })).body).toEqual({ status: "ok" });
    expect(site.kv.writeLog).toEqual([]);
    expect(asked.mock.calls.filter(([input]) => new Request(input).url.includes("hooks"))).toEqual([]);
    await site.visit();
    expect((await healthOf(site)).body).toEqual({ status: "ok" });
  });
});
