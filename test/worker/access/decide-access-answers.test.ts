import CachePolicy from "http-cache-semantics";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { contentOf } from "../support/content-of.ts";
import { BAD_REFERER, GOOD_REFERER, HOTLINK, NOW_SECONDS, PRIVATE, signed, snapshot } from "../support/protection.ts";
import { createSiteWithToken } from "../support/site.ts";

const BOTH = { ...PRIVATE, ...HOTLINK };
const BARE = "/private/cat.jpg";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW_SECONDS * 1000 });
});

describe("an answer that depended on a check", () => {
  const answers: [string, number, string, RequestInit][] = [
    ["the whole file", 200, BARE, {}],
    ["its fields", 200, BARE, { method: "HEAD" }],
    ["a part of it", 206, BARE, { headers: { Range: "bytes=2-4" } }],
    ["an impossible part", 416, BARE, { headers: { Range: "bytes=99-" } }],
    ["a failed precondition", 412, BARE, { headers: { "If-Match": '"other"' } }],
    ["a file that is not modified", 304, BARE, { headers: { "If-None-Match": "*" } }],
    ["a file that is not there", 404, "/private/nothing.jpg", {}],
  ];

  it.each(answers)("is stored by no shared cache, and by a browser while the signature lives: %s", async (...row) => {
    const [, status, path, init] = row;
    const site = await createSiteWithToken(PRIVATE);
    const response = await site.visit(await signed(path, 90), init);
    expect(response.status).toBe(status);
    expect(response.headers.get("Cloudflare-CDN-Cache-Control")).toBe("no-store");
    expect(isStorable(response, { shared: true })).toBe(false);
    expect(secondsInBrowser(response)).toBeLessThanOrEqual(90);
  });

  it.each(answers)("runs the check each time: %s", async (...row) => {
    const [, , path, init] = row;
    const site = await createSiteWithToken(PRIVATE);
    await contentOf(await site.browse(await signed(BARE)));
    const link = await signed(path);
    for (let n = 1; n <= 3; n += 1) {
      await contentOf(await site.browse(link, init));
      expect(site.cache.runs).toBe(1 + n);
    }
    expect(site.downloads()).toBe(path === BARE ? 1 : 2);
  });

  it("is stored by nobody when it is a refusal, also for a page", async () => {
    const site = await createSiteWithToken(BOTH);
    for (const headers of [{}, { Accept: "text/html" }, GOOD_REFERER, BAD_REFERER]) {
      const response = await site.visit(BARE, { headers });
      expect([response.status, isStorable(response, { shared: false })]).toEqual([403, false]);
    }
  });

  it("is not kept for a year because the file says so", async () => {
    const site = await createSiteWithToken(PRIVATE);
    const info = { "b2-cache-control": "public, max-age=31536000, immutable" };
    site.b2.put("images", "private/old.jpg", { content: "old", contentType: "image/jpeg", info });
    const response = await site.visit(await signed("/private/old.jpg", 90));
    expect(response.headers.get("Cache-Control")).toBe("private, max-age=90, immutable");
    const longer = await site.visit(await signed("/private/old.jpg", 864_000));
    expect(longer.headers.get("Cache-Control")).toBe("private, max-age=86400, immutable");
  });

  it.each([
    ["public, max-age=60", "private, max-age=60"],
    ["s-maxage=5, max-age=60", "private, max-age=60"],
    ["max-age=0, must-revalidate", "private, max-age=0"],
    ["no-cache", "private, max-age=90"],
    ["max-age=86400", "private, max-age=90"],
    ["max-age=soon", "private, max-age=90"],
    ["no-store", "private, max-age=90"],
  ])("is kept no longer than the file itself asks for: %s", async (own, expected) => {
    const site = await createSiteWithToken(PRIVATE);
    const info = { "b2-cache-control": own };
    site.b2.put("images", "private/own.jpg", { content: "own", contentType: "image/jpeg", info });
    const response = await site.visit(await signed("/private/own.jpg", 90));
    expect(response.headers.get("Cache-Control")).toBe(expected);
  });

  it("says nothing of the age of the stored copy, which a browser would take off its own time (RFC 9111 §4.2.3)", async () => {
    const site = await createSiteWithToken(PRIVATE);
    const link = await signed(BARE);
    await contentOf(await site.browse(link));
    site.advance(1000);
    const later = await site.browse(link);
    // The date comes from the cache in front, which adds one to an answer that has none.
    expect([later.headers.get("Age"), later.headers.get("Date")]).toEqual([null, "Tue, 24 Nov 2026 12:16:40 GMT"]);
    expect(later.headers.get("Cache-Control")).toBe("private, max-age=2600");
    expect(secondsInBrowser(later)).toBe(2600);
    expect((await snapshot(later)).text).toBe("a cat at home");
    expect(site.images.runs).toBe(1);
  });

  it("is kept by a browser no longer than the stored copy is good", async () => {
    const site = await createSiteWithToken(PRIVATE);
    const info = { "b2-cache-control": "max-age=60" };
    site.b2.put("images", "private/own.jpg", { content: "own", contentType: "image/jpeg", info });
    const link = await signed("/private/own.jpg");
    await contentOf(await site.browse(link));
    site.advance(50);
    expect((await site.browse(link)).headers.get("Cache-Control")).toBe("private, max-age=10");
  });

  it("is asked for again by the browser that got a copy for which B2 was just asked anew", async () => {
    const site = await createSiteWithToken(PRIVATE);
    const day = 86_400;
    const link = await signed(BARE, 30 * day);
    await contentOf(await site.browse(link));
    site.b2.put("images", "private/cat.jpg", { content: "a new cat", contentType: "image/jpeg" });
    site.advance(5 * day);
    await site.rotate();
    const old = await site.browse(link);
    expect([await contentOf(old), old.headers.get("Cache-Control")]).toEqual(["a cat at home", "private, max-age=0"]);
    await site.images.settled();
    expect(await contentOf(await site.browse(link))).toBe("a new cat");
  });
});

function isStorable(response: Response, { shared }: { shared: boolean }): boolean {
  return policyOf(response, shared).storable();
}

function secondsInBrowser(response: Response): number {
  const policy = policyOf(response, false);
  return policy.storable() ? policy.timeToLive() / 1000 : 0;
}

/** Without the field for Cloudflare: as a browser, or any other cache on the way, sees it. */
function policyOf(response: Response, shared: boolean): CachePolicy {
  const headers = Object.fromEntries(response.headers);
  delete headers["cloudflare-cdn-cache-control"];
  return new CachePolicy({ url: "/", method: "GET", headers: {} }, { status: response.status, headers }, { shared });
}
