import { beforeEach, describe, expect, it, vi } from "vitest";
import { apiCallsOf } from "../support/b2-behind-fetch.ts";
import { contentOf } from "../support/content-of.ts";
import { createListedSite, LISTED, listCallsOf } from "../support/listed-site.ts";
import { BAD_REFERER, GOOD_REFERER, HOTLINK, NOW_SECONDS, PRIVATE, signed, snapshot } from "../support/protection.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW_SECONDS * 1000 });
});

describe("an index file", () => {
  const INDEXED = { ...LISTED, INDEX_FILE: "index.html" };

  it("is shown in place of the folder", async () => {
    const site = await createListedSite(["a/index.html", "a/b.jpg"], INDEXED);
    expect(await contentOf(await site.browse("/a/"))).toBe("a/index.html");
    expect(apiCallsOf(site.b2)).toBe(0);
  });

  it("that is not there costs one download, which is remembered", async () => {
    const site = await createListedSite(["a/b.jpg"], INDEXED);
    for (const path of ["/a/", "/a/?format=json", "/a/?utm_source=mail"])
      expect((await site.browse(path)).status).toBe(200);
    expect([site.downloads(), listCallsOf(site)]).toEqual([1, 1]);
  });

  it("that is not there costs no download of NOT_FOUND_FILE, which is still the page of the file's own 404", async () => {
    const vars = { ...INDEXED, ...HOTLINK, NOT_FOUND_FILE: "404.html" };
    const site = await createListedSite(["a/b.jpg", "404.html"], vars);
    for (const path of ["/a/", "/a/?x=1", "/a/?x=2"]) expect((await site.browse(path)).status).toBe(200);
    expect((await site.browse("/a/?x=3", { headers: BAD_REFERER })).status).toBe(200);
    expect(site.downloads()).toBe(1);
    expect(site.images.tags[0]).toBe("/a/index.html,/404.html");
    for (const path of ["/a/index.html?x=1", "/a/index.html"]) {
      const response = await site.browse(path, { headers: GOOD_REFERER });
      expect([path, response.status, await contentOf(response)]).toEqual([path, 404, "404.html"]);
      expect(response.headers.get("Vary") ?? "").not.toContain("Look-Up");
    }
  });

  it("that a look-up has fetched is not fetched again for its own address, nor the other way round", async () => {
    const vars = { ...INDEXED, NOT_FOUND_FILE: "404.html" };
    const site = await createListedSite(["a/index.html", "b/index.html", "404.html"], vars);
    for (const path of ["/a/?x=1", "/a/index.html?x=1", "/b/index.html?x=1", "/b/?x=1"]) {
      expect(await contentOf(await site.browse(path))).toMatch(/index.html$/);
    }
    expect(site.downloads()).toBe(2);
  });

  it("is counted as a download of the client who looks for it, and a client over the limit gets no page", async () => {
    const counted: string[] = [];
    const MISS_LIMITER = { limit: async ({ key }: { key: string }) => ({ success: counted.push(key) <= 1 }) };
    const site = await createListedSite(["a/b.jpg", "c/d.jpg"], { ...INDEXED, MISS_LIMITER });
    const init = { headers: { "CF-Connecting-IP": "192.0.2.1" } };
    for (const [path, status] of [
      ["/a/", 200],
      ["/a/?x=1", 200],
      ["/c/", 429],
    ] as const)
      expect([path, (await site.browse(path, init)).status]).toEqual([path, status]);
    expect([counted, site.downloads()]).toEqual([["192.0.2.1", "192.0.2.1"], 1]);
  });

  it("that cannot be looked for is no reason to show the folder", async () => {
    const site = await createListedSite(["a/index.html"], INDEXED);
    site.b2.faults([{ operation: "b2_download_file_by_name", times: 1, status: 403, code: "download_cap_exceeded" }]);
    expect((await site.browse("/a/")).status).toBe(503);
    expect(listCallsOf(site)).toBe(0);
  });

  it("is a file for hotlink rules, and the page in its place is not", async () => {
    const site = await createListedSite(["a/index.html", "b/cat.jpg"], { ...INDEXED, ...HOTLINK });
    expect((await site.browse("/a/", { headers: BAD_REFERER })).status).toBe(403);
    expect((await site.browse("/b/", { headers: BAD_REFERER })).status).toBe(200);
    expect((await site.browse("/b/cat.jpg", { headers: BAD_REFERER })).status).toBe(403);
  });

  it("is looked for once for all who are refused, whatever version their address names", async () => {
    const vars = { ...INDEXED, ...HOTLINK, VERSION_PARAMETER: "v" };
    const site = await createListedSite(["a/index.html"], vars);
    for (let n = 0; n < 5; n += 1) expect((await site.browse(`/a/?v=${n}`, { headers: BAD_REFERER })).status).toBe(403);
    expect(site.downloads()).toBe(1);
  });

  it("of a private folder is shown by a link to the folder, for as long as the link works", async () => {
    const site = await createListedSite(["private/index.html"], { ...INDEXED, ...PRIVATE });
    const link = await signed("/private/", 3600);
    const response = await site.browse(link);
    expect(response.headers.get("Cache-Control")).toBe("private, max-age=3600");
    expect(await contentOf(response)).toBe("private/index.html");
    for (const path of ["/private/", "/private/index.html", link.replace("/private/", "/private/index.html")])
      expect([path, (await site.browse(path)).status]).toEqual([path, 403]);
    site.advance(3600);
    expect((await site.browse(link)).status).toBe(403);
  });

  it("of a private folder needs a good referer beside the link, and the page in its place does not", async () => {
    const site = await createListedSite(["private/index.html", "private/b/cat.jpg"], {
      ...INDEXED,
      ...PRIVATE,
      ...HOTLINK,
    });
    const [link, page] = [await signed("/private/", 3600), await signed("/private/b/", 3600)];
    expect((await site.browse(link, { headers: BAD_REFERER })).status).toBe(403);
    expect((await site.browse(link, { headers: GOOD_REFERER })).status).toBe(200);
    expect((await site.browse(page, { headers: BAD_REFERER })).status).toBe(200);
  });

  it("that cannot be looked for is no refusal for a bad referer, but the fault of B2 that it is", async () => {
    const site = await createListedSite(["a/b.jpg"], { ...INDEXED, ...HOTLINK });
    site.b2.faults([{ operation: "b2_download_file_by_name", times: 1, status: 403, code: "download_cap_exceeded" }]);
    const response = await site.browse("/a/", { headers: BAD_REFERER });
    expect([response.status, response.headers.has("Retry-After")]).toEqual([503, true]);
  });

  it("that is private by itself is not told from one that is not there", async () => {
    const site = await createListedSite(["a/index.html"], {
      ...INDEXED,
      ...PRIVATE,
      PRIVATE_PREFIXES: "a/index.html, b/index.html",
    });
    site.b2.put("images", "b/cat.jpg", { content: "a cat" });
    expect(await snapshot(await site.browse("/a/"))).toEqual(await snapshot(await site.browse("/b/")));
    expect([site.downloads(), listCallsOf(site)]).toEqual([0, 0]);
  });
});
