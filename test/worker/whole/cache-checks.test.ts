import { beforeEach, describe, expect, it, vi } from "vitest";
import { contentOf } from "../support/content-of.ts";
import { createSiteWithToken } from "../support/site.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 10, 24, 12) });
});

async function textOf(response: Response): Promise<[number, string]> {
  return [response.status, await contentOf(response)];
}

describe("behind hotlink protection", () => {
  const good = { headers: { Referer: "https://good.example/page" } };
  const bad = { headers: { Referer: "https://evil.example/page" } };
  const vars = { ALLOWED_REFERERS: "good.example", ALLOW_EMPTY_REFERER: "false" };

  it.each([
    ["good first", [good, bad, good, bad]],
    ["bad first", [bad, good, bad, good]],
  ])("an image fetched with a good referer is 403 for a bad one: %s", async (_, visits) => {
    const site = await createSiteWithToken(vars);
    for (const visit of visits) {
      expect((await site.browse("/cat.jpg", visit)).status).toBe(visit === good ? 200 : 403);
    }
    expect(site.downloads()).toBe(1);
  });

  it("the cache in front of the check can be switched off: a range reaches the Worker, and B2 is still asked once", async () => {
    const site = await createSiteWithToken(vars);
    for (let n = 0; n < 3; n += 1) {
      expect(await textOf(await site.browseImages("/cat.jpg", good))).toEqual([200, "a cat"]);
      expect((await site.browseImages("/cat.jpg", bad)).status).toBe(403);
      const part = await site.browseImages("/cat.jpg", { headers: { ...good.headers, Range: "bytes=2-4" } });
      expect(await textOf(part)).toEqual([206, "cat"]);
    }
    expect([site.images.runs, site.downloads()]).toEqual([1, 1]);
  });

  it("only the visitor's own browser may keep the checked answer", async () => {
    const site = await createSiteWithToken(vars);
    const response = await site.visit("/cat.jpg", good);
    expect(response.headers.get("Cache-Control")).toBe("private, max-age=86400");
    expect(response.headers.get("Cloudflare-CDN-Cache-Control")).toBe("no-store");
    const refused = await site.visit("/cat.jpg", bad);
    expect(refused.headers.get("Cache-Control")).toBe("no-store");
  });
});

describe("the limiter of misses", () => {
  it("does not count what Cloudflare's cache answers, and asks B2 for nothing over the limit", async () => {
    let left = 2;
    const site = await createSiteWithToken({ MISS_LIMITER: { limit: async () => ({ success: left-- > 0 }) } });
    const client = { headers: { "CF-Connecting-IP": "192.0.2.1" } };
    for (let n = 0; n < 10; n += 1) expect((await site.browse("/cat.jpg", client)).status).toBe(200);
    expect((await site.browse("/cat.jpg?x=1", client)).status).toBe(200);
    expect((await site.browse("/cat.jpg?x=2", client)).status).toBe(200);
    expect((await site.browse("/private/cat.jpg", client)).status).toBe(429);
    expect(site.downloads()).toBe(2);
  });
});
