import { beforeEach, describe, expect, it, vi } from "vitest";
import { contentOf } from "../support/content-of.ts";
import { BAD_REFERER, GOOD_REFERER, HOTLINK, NOW_SECONDS, PRIVATE, signed } from "../support/protection.ts";
import { createSiteWithToken } from "../support/site.ts";

const BOTH = { ...PRIVATE, ...HOTLINK };
const BARE = "/private/cat.jpg";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW_SECONDS * 1000 });
});

describe("a private file behind hotlink protection, with caches in front", () => {
  it.each([
    ["the good request first", [true, false, true, false]],
    ["the bad requests first", [false, true, false, true]],
  ])("opens for a signature with a good referer alone: %s", async (_, order) => {
    const site = await createSiteWithToken(BOTH);
    const link = await signed(BARE);
    const bad: [string, Record<string, string>][] = [
      [link, BAD_REFERER],
      [link, {}],
      [BARE, GOOD_REFERER],
      [`${link}x`, GOOD_REFERER],
    ];
    for (const isGood of order) {
      for (const [path, headers] of isGood ? [[link, GOOD_REFERER] as const] : bad) {
        const response = await site.browse(path, { headers });
        expect(response.status).toBe(isGood ? 200 : 403);
        expect((await contentOf(response)).includes("at home")).toBe(isGood);
      }
    }
    expect([site.images.runs, site.downloads()]).toEqual([1, 1]);
  });

  it.each(["HEAD", "GET"])("asks B2 once when the first request is a %s", async (method) => {
    const site = await createSiteWithToken(BOTH);
    const link = await signed(BARE);
    const first = await site.browse(link, { method, headers: GOOD_REFERER });
    expect([first.status, first.headers.get("Content-Length")]).toEqual([200, "13"]);
    expect((await site.browse(BARE, { method, headers: GOOD_REFERER })).status).toBe(403);
    expect(await contentOf(await site.browse(link, { headers: GOOD_REFERER }))).toBe("a cat at home");
    expect([site.images.runs, site.downloads()]).toEqual([1, 1]);
  });

  it("answers ranges from the whole that was stored once", async () => {
    const site = await createSiteWithToken(BOTH);
    const link = await signed(BARE);
    const part = { ...GOOD_REFERER, Range: "bytes=2-4" };
    expect((await site.browse(link, { headers: { Range: "bytes=2-4" } })).status).toBe(403);
    expect(await contentOf(await site.visit(link, { headers: part }))).toBe("cat");
    expect((await site.browse(BARE, { headers: part })).status).toBe(403);
    // What the cache in front strips from a request, a cache without one still answers.
    const first = await site.browse(link, { headers: part });
    expect(["cat", "a cat at home"]).toContain(await contentOf(first));
    expect(site.images.runs).toBe(1);
  });

  it("revalidates for visitors who may see it, and is 403 for the others", async () => {
    const site = await createSiteWithToken(BOTH);
    const link = await signed(BARE, 600);
    const etag = (await site.browse(link, { headers: GOOD_REFERER })).headers.get("ETag") ?? "";
    const again = { "If-None-Match": etag };
    expect((await site.browse(BARE, { headers: { ...again, ...GOOD_REFERER } })).status).toBe(403);
    expect((await site.browse(link, { headers: { ...again, ...BAD_REFERER } })).status).toBe(403);
    site.advance(100);
    const fresh = await site.browse(link, { headers: { ...again, ...GOOD_REFERER } });
    expect([fresh.status, fresh.headers.get("Cache-Control")]).toEqual([304, "private, max-age=500"]);
    expect(site.downloads()).toBe(1);
    site.advance(500);
    expect((await site.browse(link, { headers: { ...again, ...GOOD_REFERER } })).status).toBe(403);
  });

  it("is refreshed from B2 when its time in Cloudflare's cache is over, without its content", async () => {
    const site = await createSiteWithToken({ ...BOTH, EDGE_STALE_WHILE_REVALIDATE_SECONDS: 0 });
    const day = 86_400;
    const link = await signed(BARE, 30 * day);
    await contentOf(await site.browse(link, { headers: GOOD_REFERER }));
    site.advance(8 * day);
    await site.rotate();
    const response = await site.browse(link, { headers: GOOD_REFERER });
    expect(await contentOf(response)).toBe("a cat at home");
    expect(response.headers.get("Cache-Control")).toBe("private, max-age=86400");
    expect((await site.browse(BARE, { headers: GOOD_REFERER })).status).toBe(403);
    expect(site.images.runs).toBe(2);
  });
});
