import { beforeEach, describe, expect, it, vi } from "vitest";
import { GOOD_REFERER, HOTLINK, NOW_SECONDS } from "../support/protection.ts";
import { createSiteWithToken } from "../support/site.ts";
import { cacheControlOf, replaceCat, shown, VERSIONED } from "../support/versioned-site.ts";

const DAY_SECONDS = 86_400;
/** The SHA-1 of each picture, as sha1sum prints it. */
const CAT = "008bd0f0660ee7b58c0c36db87a4f5deca3a639a";
const NEW_CAT = "17c755e69416b0e49454b04661b8b66c2d845389";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW_SECONDS * 1000 });
});

describe("a version that proves itself", () => {
  it.each([
    ["the first 8 hex digits of the SHA-1", CAT.slice(0, 8)],
    ["the whole SHA-1", CAT],
    ["the upload time", String(NOW_SECONDS * 1000)],
  ])("by %s is asked of B2 once a year, and B2 may be gone", async (_, version) => {
    const site = await createSiteWithToken(VERSIONED);
    const path = `/cat.jpg?v=${version}`;
    expect(await cacheControlOf(site, path)).toBe("public, max-age=31536000, immutable");
    await shown(site, path);
    const before = site.downloads();
    for (let day = 0; day < 360; day += 40) {
      site.advance(40 * DAY_SECONDS);
      expect(await shown(site, path)).toBe("a cat");
    }
    expect(site.downloads()).toBe(before);
  });

  it("does so through the cache of Images too", async () => {
    const site = await createSiteWithToken(VERSIONED);
    const path = `/cat.jpg?v=${CAT.slice(0, 8)}&x=`;
    await shown(site, `${path}0`);
    site.advance(DAY_SECONDS);
    const later = await site.browse(`${path}1`);
    expect(later.headers.get("Cache-Control")).toBe(`public, max-age=${364 * DAY_SECONDS}, immutable`);
    site.advance(363 * DAY_SECONDS);
    expect([await shown(site, `${path}1`), await shown(site, `${path}2`)]).toEqual(["a cat", "a cat"]);
    expect([site.cache.runs, site.downloads()]).toEqual([3, 1]);
  });

  it("says so in a 304", async () => {
    const site = await createSiteWithToken(VERSIONED);
    const init = { headers: { "If-None-Match": `"${CAT}"` } };
    const response = await site.visit(`/cat.jpg?v=${CAT.slice(0, 8)}`, init);
    expect([response.status, response.headers.get("Cache-Control")]).toEqual([
      304,
      "public, max-age=31536000, immutable",
    ]);
  });

  it("proves nothing for another file, nor for the file that was replaced", async () => {
    const site = await createSiteWithToken(VERSIONED);
    replaceCat(site);
    expect(await cacheControlOf(site, `/cat.jpg?v=${CAT.slice(0, 8)}`)).toBe("public, max-age=345600");
    expect(await cacheControlOf(site, `/cat.jpg?v=${NEW_CAT.slice(0, 8)}`)).toBe("public, max-age=31536000, immutable");
    expect(await cacheControlOf(site, `/dog.jpg?v=${CAT.slice(0, 8)}`)).toBe("public, max-age=60");
  });

  it("stays for a year in the browser of a visitor who passed the hotlink check, and in no cache in front of it", async () => {
    const site = await createSiteWithToken({ ...VERSIONED, ...HOTLINK });
    const response = await site.visit(`/cat.jpg?v=${CAT.slice(0, 8)}`, { headers: GOOD_REFERER });
    expect(response.headers.get("Cache-Control")).toBe("private, max-age=31536000, immutable");
    expect(response.headers.get("Cloudflare-CDN-Cache-Control")).toBe("no-store");
    expect(await cacheControlOf(site, "/cat.jpg?v=3", { headers: GOOD_REFERER })).toBe("private, max-age=86400");
  });
});
