import { beforeEach, describe, expect, it, vi } from "vitest";
import { signaturePayload, signUrl } from "../../../src/access/signed-url.ts";
import { KEY, NOW_SECONDS, PRIVATE, signed } from "../support/protection.ts";
import { createSiteWithToken, SITE_URL } from "../support/site.ts";
import { cacheControlOf, replaceCat, shown, VERSIONED } from "../support/versioned-site.ts";

const DAY_SECONDS = 86_400;
const CAT_AT_HOME = "fc07e161dee876d131d64c46a8215c3a139e0c08";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW_SECONDS * 1000 });
});

describe("a version in the address", () => {
  it("has an entry of its own in Cloudflare's cache, in front of the Worker", async () => {
    const site = await createSiteWithToken(VERSIONED);
    for (const path of ["/cat.jpg", "/cat.jpg?v=3", "/cat.jpg?v=4", "/cat.jpg?v=3", "/cat.jpg"])
      expect(await shown(site, path)).toBe("a cat");
    expect([site.cache.runs, site.images.runs, site.downloads()]).toEqual([3, 0, 3]);
  });

  it("has one entry in the cache of Images too, whatever else is in the query, and however it is written", async () => {
    const site = await createSiteWithToken(VERSIONED);
    for (const path of [
      "/cat.jpg?v=3&utm_source=x",
      "/cat.jpg?utm_source=x&v=3",
      "/cat.jpg?v=%33",
      "/%63at.jpg?v=3",
      "/file/images/cat.jpg?v=3",
      "/cat.jpg?v=3&",
    ])
      expect(await shown(site, path)).toBe("a cat");
    expect([site.images.runs, site.downloads()]).toEqual([1, 1]);
  });

  it("shows a replaced file at once, while the old address shows the old one as long as it did", async () => {
    const site = await createSiteWithToken(VERSIONED);
    await shown(site, "/cat.jpg");
    await shown(site, "/cat.jpg?v=1");
    replaceCat(site);
    expect(await shown(site, "/cat.jpg?v=2")).toBe("a new cat");
    expect([await shown(site, "/cat.jpg?v=1"), await shown(site, "/cat.jpg")]).toEqual(["a cat", "a cat"]);
  });

  it("that somebody asked for before the file was there shows the file after EDGE_MAX_AGE_SECONDS", async () => {
    const site = await createSiteWithToken({ ...VERSIONED, EDGE_STALE_WHILE_REVALIDATE_SECONDS: 0 });
    expect(await shown(site, "/cat.jpg?v=2")).toBe("a cat");
    replaceCat(site);
    site.advance(3 * DAY_SECONDS - 1);
    expect(await shown(site, "/cat.jpg?v=2")).toBe("a cat");
    site.advance(2);
    expect(await shown(site, "/cat.jpg?v=2")).toBe("a new cat");
  });

  it("of a file that is not there is remembered for the minute of a 404", async () => {
    const site = await createSiteWithToken(VERSIONED);
    for (let n = 0; n < 3; n += 1) expect(await shown(site, "/dog.jpg?v=1")).toBe("404");
    expect(site.downloads()).toBe(1);
    site.b2.put("images", "dog.jpg", { content: "a dog", contentType: "image/jpeg" });
    expect([await shown(site, "/dog.jpg?v=1"), await shown(site, "/dog.jpg?v=2")]).toEqual(["404", "a dog"]);
    site.advance(61);
    expect(await shown(site, "/dog.jpg?v=1")).toBe("a dog");
  });

  it.each(["v=", "v", "v=a/b", "v=a%20b", "v=a+b", "v=%C3%A4", `v=${"x".repeat(65)}`, "v=1&v=2", "V=3", "version=3"])(
    "is not in ?%s, which is a foreign query",
    async (query) => {
      const site = await createSiteWithToken(VERSIONED);
      await shown(site, "/cat.jpg?x=1");
      expect(await shown(site, `/cat.jpg?${query}`)).toBe("a cat");
      expect([site.images.runs, site.downloads()]).toEqual([1, 1]);
    },
  );

  it("may have 64 letters, digits, dots, underscores and hyphens", async () => {
    const site = await createSiteWithToken(VERSIONED);
    await shown(site, "/cat.jpg?x=1");
    expect(await shown(site, `/cat.jpg?v=${"Az0._-xx".repeat(8)}`)).toBe("a cat");
    expect([site.cache.runs, site.images.runs, site.downloads()]).toEqual([2, 1, 2]);
  });

  it("means nothing without VERSION_PARAMETER", async () => {
    const site = await createSiteWithToken({});
    for (const path of ["/cat.jpg?v=3", "/cat.jpg?v=4"]) expect(await shown(site, path)).toBe("a cat");
    expect([site.images.runs, site.downloads()]).toEqual([1, 1]);
  });

  it("is a miss that the limiter counts", async () => {
    let left = 2;
    const limiter = { limit: async () => ({ success: left-- > 0 }) };
    const site = await createSiteWithToken({ ...VERSIONED, MISS_LIMITER: limiter });
    const client = { headers: { "CF-Connecting-IP": "192.0.2.1" } };
    const answers = [];
    for (const version of [1, 2, 1, 3]) answers.push(await shown(site, `/cat.jpg?v=${version}`, client));
    expect(answers).toEqual(["a cat", "a cat", "a cat", "429"]);
  });
});

describe("a signed link to a version", () => {
  const vars = { ...VERSIONED, ...PRIVATE };
  const PATH = "/private/cat.jpg";

  it("opens, and its version has its own entry in the cache of Images", async () => {
    const site = await createSiteWithToken(vars);
    const links = [await signed(`${PATH}?v=3`), await signed(`${PATH}?v=3`, 60), await signed(PATH)];
    for (const link of links) expect(await shown(site, link)).toBe("a cat at home");
    expect([site.images.runs, site.downloads()]).toEqual([2, 2]);
  });

  it("does not open with another version, without it, or with one that was not signed", async () => {
    const site = await createSiteWithToken(vars);
    const [versioned, plain] = [await signed(`${PATH}?v=3`), await signed(PATH)];
    for (const path of [
      versioned.replace("v=3", "v=4"),
      versioned.replace("v=3&", ""),
      `${versioned}&v=4`,
      `${plain}&v=3`,
      plain.replace("?", "?v=3&"),
    ])
      expect(await shown(site, path)).toBe("403");
    expect(site.downloads()).toBe(0);
  });

  it("never outlives its signature, although the version proves itself", async () => {
    const site = await createSiteWithToken(vars);
    const link = await signed(`${PATH}?v=${CAT_AT_HOME.slice(0, 8)}`, 90 * DAY_SECONDS);
    const response = await site.visit(link);
    expect(response.headers.get("Cache-Control")).toBe(`private, max-age=${90 * DAY_SECONDS}, immutable`);
    expect(response.headers.get("Cloudflare-CDN-Cache-Control")).toBe("no-store");
    site.advance(90 * DAY_SECONDS - 60);
    await site.rotate();
    expect(await cacheControlOf(site, link)).toBe("private, max-age=60, immutable");
    site.advance(60);
    expect(await shown(site, link)).toBe("403");
  });

  it("signs the version with the path, and a link without one signs what it always did", async () => {
    const part = { preset: "", expiresAtSeconds: 1_800_000_000 };
    expect(signaturePayload({ ...part, canonicalPath: `${PATH}?v=3` })).toBe(
      "b2-image-worker:v1\n/private/cat.jpg?v=3\n\n1800000000",
    );
    const old = await signUrl({ ...part, baseUrl: SITE_URL, canonicalPath: "/private/red%20cat.jpg", key: KEY });
    expect(new URL(old).searchParams.get("sig")).toBe("u7iov4jP2ZfKiYWigNk1w2nczHJdD1QbW2Jq7qua3Ms");
  });

  it("opens as before with a foreign query, when nothing is signed for it", async () => {
    const site = await createSiteWithToken(vars);
    expect(await shown(site, `${await signed(PATH)}&v=&utm_source=x`)).toBe("a cat at home");
  });
});
