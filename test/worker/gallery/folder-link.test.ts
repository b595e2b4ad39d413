import { beforeEach, describe, expect, it, vi } from "vitest";
import { createListedSite, folderJson, LISTED, listCallsOf } from "../support/listed-site.ts";
import { BAD_REFERER, HOTLINK, NOW_SECONDS, PRIVATE, signed, snapshot } from "../support/protection.ts";
import type { TestSite } from "../support/site.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW_SECONDS * 1000 });
});

describe("a private folder", () => {
  const GUARDED = { ...LISTED, ...PRIVATE, PRIVATE_PREFIXES: "private, clients/2026" };
  const NAMES = ["clients/2026/b.jpg", "clients/2026/deep/c.jpg", "clients/2025/a.jpg", "private/deep/d.jpg"];

  it("is in no list and has none", async () => {
    const site = await createListedSite(NAMES, GUARDED);
    const top = await folderJson(site, "/?format=json");
    expect(top.folders.map(({ name }) => name)).toEqual(["clients"]);
    expect((await folderJson(site, "/clients/?format=json")).folders.map(({ name }) => name)).toEqual(["2025"]);
    const before = listCallsOf(site);
    const refused = await snapshot(await site.browse("/private/"));
    expect(refused.status).toBe(403);
    for (const path of [
      "/private/deep/",
      "/private/nowhere/",
      "/clients/2026/",
      "/file/images/private/",
      "/%70rivate/",
    ])
      expect(await snapshot(await site.browse(path))).toEqual(refused);
    expect(listCallsOf(site)).toBe(before);
  });

  it("opens with a link, and so does everything in it, until the link ends", async () => {
    const site = await createListedSite(NAMES, GUARDED);
    const link = await signed("/private/", 3600);
    const page = await folderJson(site, `${link}&format=json`);
    expect(page.folders.map(({ name }) => name)).toEqual(["deep"]);
    expect(page.files.map(({ name }) => name)).toEqual(["cat.jpg"]);
    const deep = await folderJson(site, `${page.folders[0]?.url}&format=json`);
    const files = [...page.files, ...deep.files];
    const urls = files.flatMap(({ url, thumbnail }) => [url, thumbnail ?? ""]);
    for (const url of urls) expect([url, (await site.browse(url)).status]).toEqual([url, 200]);
    site.advance(3600);
    for (const url of [link, `${page.folders[0]?.url}`, ...urls]) expect((await site.browse(url)).status).toBe(403);
  });

  it("is kept by no cache in front of the check, and by a browser only while it asks", async () => {
    const site = await createListedSite(NAMES, GUARDED);
    const response = await site.visit(await signed("/private/"));
    expect(response.headers.get("Cache-Control")).toBe("private, no-cache");
    expect(response.headers.get("Cloudflare-CDN-Cache-Control")).toBe("no-store");
    const missing = await site.visit(await signed("/private/nowhere/"));
    expect([missing.status, missing.headers.get("Cache-Control")]).toEqual([404, "no-store"]);
    expect(missing.headers.get("Cloudflare-CDN-Cache-Control")).toBe("no-store");
  });

  it("is in no search index by its link, whatever LISTED_ROBOTS says of folders that everybody may look at", async () => {
    const site = await createListedSite(NAMES, { ...GUARDED, LISTED_ROBOTS: "index" });
    const { fields, text } = await snapshot(await site.browse(await signed("/private/")));
    expect(Object.fromEntries(fields)["x-robots-tag"]).toBe("noindex, nofollow");
    expect(text).toContain('<meta name="robots" content="noindex, nofollow"/>');
  });

  it("says on its page until when the link works, and links to nothing above", async () => {
    const site = await createListedSite(NAMES, GUARDED);
    const { text } = await snapshot(await site.browse(await signed("/private/deep/", 3600)));
    expect(text).toMatch(/This link works until <time datetime="2026-11-24T13:00:00\.000Z">/);
    expect(text).toContain('<li><bdi class="name">private</bdi></li>');
    const paths = [...text.matchAll(/href="([^"?]*)/g)].map(([, path]) => path);
    expect(paths.filter((path) => path?.startsWith("/") && !path.startsWith("/private/deep/"))).toEqual([]);
  });

  it.each<[string, (site: TestSite) => Promise<string>]>([
    ["the folder above", async () => (await signed("/private/deep/")).replace("/private/deep/", "/private/")],
    ["a folder within", async () => (await signed("/private/")).replace("/private/", "/private/deep/")],
    ["another folder", async () => (await signed("/private/")).replace("/private/", "/clients/2026/")],
    ["a file within", async () => (await signed("/private/")).replace("/private/", "/private/cat.jpg")],
    ["a folder, by a file's link", async () => (await signed("/private/cat.jpg")).replace("cat.jpg", "")],
    [
      "a folder, by the link of a file of its name",
      async () => (await signed("/private")).replace("/private", "/private/"),
    ],
    [
      "a file of its name, by a folder's link",
      async () => (await signed("/private/")).replace("/private/", "/private"),
    ],
  ])("a link does not open %s", async (_, linkOf) => {
    const site = await createListedSite(["private", ...NAMES], GUARDED);
    expect((await site.browse(await linkOf(site))).status).toBe(403);
    expect([site.downloads(), listCallsOf(site)]).toEqual([0, 0]);
    expect(site.log.events()).toMatchObject([{ event: "signature.refused", reason: "wrong" }]);
  });

  it("opens by a link although nothing is listed, and one that is not private does too", async () => {
    const site = await createListedSite(["public/a.jpg", "public/private/b.jpg"], {
      ...PRIVATE,
      PRIVATE_PREFIXES: "public/private",
    });
    expect((await site.browse("/public/")).status).toBe(404);
    const page = await folderJson(site, `${await signed("/public/")}&format=json`);
    expect(page.folders.map(({ name }) => name)).toEqual(["private"]);
    expect((await folderJson(site, `${page.folders[0]?.url}&format=json`)).files).toHaveLength(1);
  });

  it("shows with a link what visitors without one never get from the cache", async () => {
    const site = await createListedSite(["clients/2026/b.jpg"], GUARDED);
    expect((await folderJson(site, `${await signed("/clients/")}&format=json`)).folders).toMatchObject([
      { name: "2026" },
    ]);
    expect((await site.browse("/clients/?format=json")).status).toBe(404);
  });

  it("keeps hotlink rules for its files", async () => {
    const site = await createListedSite(NAMES, { ...GUARDED, ...HOTLINK });
    const page = await folderJson(site, `${await signed("/private/")}&format=json`);
    const url = page.files[0]?.url ?? "";
    expect((await site.browse(url, { headers: BAD_REFERER })).status).toBe(403);
    expect((await site.browse(url, { headers: { Referer: "https://image.example.com/private/" } })).status).toBe(200);
  });

  it("names versions in its links, which are signed too", async () => {
    const site = await createListedSite(NAMES, { ...GUARDED, VERSION_PARAMETER: "v" });
    const { files } = await folderJson(site, `${await signed("/private/")}&format=json`);
    const url = files[0]?.url ?? "";
    expect(url).toMatch(/^\/private\/cat\.jpg\?v=[0-9a-f]{8}&exp=/);
    expect((await site.browse(url)).status).toBe(200);
    expect((await site.browse(url.replace(/v=......../, "v=00000000"))).status).toBe(403);
  });

  it("pages on with the same link", async () => {
    const names = Array.from({ length: 201 }, (_, n) => `private/${String(n).padStart(3, "0")}.jpg`);
    const site = await createListedSite(names, GUARDED);
    const first = await folderJson(site, `${await signed("/private/")}&format=json`);
    expect(first.next).toContain("sig=");
    expect((await folderJson(site, first.next ?? "")).files.map(({ name }) => name)).toEqual(["200.jpg", "cat.jpg"]);
    site.advance(3600);
    expect((await site.browse(first.next ?? "")).status).toBe(403);
  });
});
