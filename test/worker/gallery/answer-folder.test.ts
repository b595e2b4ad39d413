import { beforeEach, describe, expect, it, vi } from "vitest";
import { apiCallsOf } from "../support/b2-behind-fetch.ts";
import { startIsolate, type Vars } from "../support/isolate.ts";
import { createListedSite, folderJson, LISTED } from "../support/listed-site.ts";
import { NOW_SECONDS, snapshot } from "../support/protection.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW_SECONDS * 1000 });
});

describe("a listed folder", () => {
  it("is a page for people", async () => {
    const site = await createListedSite(["photos/a.jpg", "photos/summer/b.jpg"]);
    const { status, fields, text } = await snapshot(await site.browse("/photos/"));
    expect(status).toBe(200);
    const field = Object.fromEntries(fields);
    expect(field).toMatchObject({
      "cache-control": "no-cache",
      "content-type": "text/html; charset=utf-8",
      "referrer-policy": "same-origin",
      "x-content-type-options": "nosniff",
      "x-robots-tag": "noindex, nofollow",
    });
    expect(field["content-security-policy"]).toMatch(/^default-src 'none'; .*frame-ancestors 'self'$/);
    expect(field["content-security-policy"]).not.toContain("unsafe");
    for (const part of [
      "<title>photos</title>",
      'href="/photos/a.jpg"',
      'href="/photos/summer/"',
      'href="/"',
      "noindex",
      // It keeps its place until it is loaded, which is when it comes into view.
      '<img src="/photos/a.jpg" alt="" width="320" height="320" loading="lazy"',
      'href="/photos/a.jpg" download="a.jpg"',
    ])
      expect(text).toContain(part);
  });

  it("is JSON for programs", async () => {
    const site = await createListedSite(["photos/a.jpg", "photos/summer/b.jpg"]);
    site.b2.put("images", "photos/notes.txt", { content: "some notes" });
    const uploadedAt = "2026-11-24T12:00:00.000Z";
    expect(await folderJson(site, "/photos/?format=json")).toEqual({
      folders: [{ name: "summer", url: "/photos/summer/" }],
      files: [
        {
          name: "a.jpg",
          url: "/photos/a.jpg",
          thumbnail: "/photos/a.jpg",
          bytes: 12,
          type: "image/jpeg",
          uploadedAt,
        },
        { name: "notes.txt", url: "/photos/notes.txt", bytes: 10, type: "text/plain", uploadedAt },
      ],
      next: null,
    });
  });

  it("answers HEAD, and a browser that has it", async () => {
    const site = await createListedSite(["photos/a.jpg"]);
    const page = await site.visit("/photos/");
    const length = String((await page.arrayBuffer()).byteLength);
    const head = await site.visit("/photos/", { method: "HEAD" });
    expect([head.status, head.headers.get("Content-Length"), await head.text()]).toEqual([200, length, ""]);
    const etag = page.headers.get("ETag") ?? "";
    const again = await site.visit("/photos/", { headers: { "If-None-Match": etag } });
    expect([again.status, again.headers.get("ETag"), await again.text()]).toEqual([304, etag, ""]);
    expect((await site.visit("/photos/?format=json", { headers: { "If-None-Match": etag } })).status).toBe(200);
  });

  it.each(["POST", "PUT", "DELETE"])("does not answer %s", async (method) => {
    const site = await createListedSite(["photos/a.jpg"]);
    const response = await site.visit("/photos/", { method });
    expect([response.status, response.headers.get("Allow")]).toEqual([405, "GET, HEAD, OPTIONS"]);
  });

  it("may be shown by search engines when the owner says so", async () => {
    const site = await createListedSite(["photos/a.jpg"], { ...LISTED, LISTED_ROBOTS: "index" });
    const { fields, text } = await snapshot(await site.browse("/photos/"));
    expect(fields.map(([name]) => name)).not.toContain("x-robots-tag");
    expect(text).not.toContain("noindex");
  });

  it("in the form of B2's links is the same, and another bucket's is not there", async () => {
    const site = await createListedSite(["photos/a b.jpg"]);
    expect((await folderJson(site, "/file/images/photos/?format=json")).files).toMatchObject([
      { url: "/photos/a%20b.jpg" },
    ]);
    expect((await site.browse("/file/others/photos/")).status).toBe(404);
  });

  it("that holds nothing is an empty page when the owner named it, and else not there", async () => {
    const site = await createListedSite([], { LISTED_PREFIXES: "photos" });
    expect(await folderJson(site, "/photos/?format=json")).toEqual({ folders: [], files: [], next: null });
    expect((await site.browse("/photos/2026/")).status).toBe(404);
  });

  it("carries the tag that a purge reaches it by, in every form, and so does one that is not there", async () => {
    const site = await createListedSite(["a, b/c.jpg"]);
    const tagOf = async (path: string) => (await site.visit(path)).headers.get("Cache-Tag");
    for (const path of ["/a,%20b/", "/a,%20b/?format=json", "/a,%20b/?after=c.jpg", "/file/images/a%2C%20b/"])
      expect([path, await tagOf(path)]).toEqual([path, "/a%2C%20b/"]);
    expect(await tagOf("/nowhere/")).toBe("/nowhere/");
    const isolate = startIsolate(LISTED);
    const kept = await isolate.runImages(new Request("https://image.example.com/a,%20b/?view=public"), site.loopbacks);
    expect([kept.status, kept.headers.get("Cache-Tag")]).toEqual([200, "/a%2C%20b/"]);
  });

  it("names the version of each file in its address, where there is a parameter for it", async () => {
    const site = await createListedSite(["a/b.jpg"], { ...LISTED, VERSION_PARAMETER: "v" });
    site.b2.put("images", "a/large.jpg", { content: "a large file", contentType: "image/jpeg", sha1: "none" });
    const urls = (await folderJson(site, "/a/?format=json&v=3")).files.map(({ url }) => url);
    expect(urls).toEqual([expect.stringMatching(/^\/a\/b\.jpg\?v=[0-9a-f]{8}$/), `/a/large.jpg?v=${Date.now()}`]);
    for (const url of urls)
      expect((await site.browse(url)).headers.get("Cache-Control")).toBe("public, max-age=31536000, immutable");
  });

  it("shows scripts of other sites what CORS_ALLOW_ORIGINS lets them see", async () => {
    const site = await createListedSite(["photos/a.jpg"], { ...LISTED, CORS_ALLOW_ORIGINS: "https://good.example" });
    const askedBy = async (origin: string) =>
      (await site.browse("/photos/?format=json", { headers: { Origin: origin } })).headers;
    expect((await askedBy("https://evil.example")).get("Access-Control-Allow-Origin")).toBeNull();
    const headers = await askedBy("https://good.example");
    expect([headers.get("Access-Control-Allow-Origin"), headers.get("Vary")]).toEqual([
      "https://good.example",
      "Origin",
    ]);
  });
});

describe("nothing is listed", () => {
  it("of a folder whose address is that of the owner's pages, and B2 is not asked", async () => {
    const site = await createListedSite(["-/a.jpg"]);
    const { status } = await site.browse("/file/images/-/?after=a");
    expect([status, apiCallsOf(site.b2), site.log.events()]).toEqual([404, 0, []]);
  });

  it.each<[string, Vars, string]>([
    ["when nothing is said", {}, "/photos/"],
    ["when another folder is listed", { LISTED_PREFIXES: "photo" }, "/photos/"],
    ["above the listed folder", { LISTED_PREFIXES: "photos" }, "/"],
    ["in a folder whose name begins with a dot", LISTED, "/.git/"],
    ["for an address without a slash at its end", LISTED, "/photos"],
  ])("%s", async (_, vars, path) => {
    const site = await createListedSite(["photos/a.jpg", ".git/config"], vars);
    expect((await site.browse(path)).status).toBe(404);
    expect(apiCallsOf(site.b2)).toBe(0);
  });

  it("when the key may not list files: the owner is told what to do, and nobody else", async () => {
    const site = await createListedSite(["photos/a.jpg"]);
    site.b2.setKey({ capabilities: ["shareFiles", "readFiles"] });
    const response = await site.browse("/photos/");
    expect([response.status, (await response.text()).includes("key")]).toEqual([404, false]);
    expect(site.log.events()).toEqual([
      {
        level: "error",
        event: "listing.no-right",
        folder: "photos/",
        advice: expect.stringContaining("b2 key create --bucket images b2-image-worker listFiles,readFiles,shareFiles"),
      },
    ]);
  });
});
