import { beforeEach, describe, expect, it, vi } from "vitest";
import { ODD_NAMES } from "../../e2e/fixtures/odd-names.ts";
import encodings from "../b2/b2-string-encoding.json";
import { contentOf } from "../support/content-of.ts";
import { createListedSite, type FolderJson, folderJson, listCallsOf } from "../support/listed-site.ts";
import { NOW_SECONDS, snapshot } from "../support/protection.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW_SECONDS * 1000 });
});

describe("every name", () => {
  /** With each character of B2's own table of encodings, but those that no name may have. */
  const OF_TABLE = encodings
    .map(({ string }) => `table/a${string}b.jpg`)
    .filter((name) => !/\/.*[/\\\p{Cc}]/u.test(name));
  const SHOWN = [...ODD_NAMES, ...OF_TABLE].filter((name) => !/(?:^|\/)\./.test(name));

  it("is shown as it is, and its address opens it", async () => {
    const site = await createListedSite(SHOWN);
    for (const name of ["cat.jpg", "private/cat.jpg"]) site.b2.remove("images", name);
    const found: string[] = [];
    const folders = ["/"];
    for (const folder of folders) {
      const listing = await folderJson(site, `${folder}?format=json`);
      folders.push(...listing.folders.map(({ url }) => url));
      for (const { name, url } of listing.files) {
        const content = await contentOf(await site.browse(url));
        expect(content.endsWith(name)).toBe(true);
        found.push(content);
      }
    }
    expect(OF_TABLE.length).toBeGreaterThan(90);
    expect(found.toSorted()).toEqual(SHOWN.toSorted());
  });

  it("is text on the page, never markup", async () => {
    const names = [
      "<img src=x onerror=alert(1)>.jpg",
      `"onclick="alert(1)".jpg`,
      "'>&lt;script>.jpg",
      "</style><b>.jpg",
    ];
    const site = await createListedSite(names.map((name) => `a/${name.replaceAll("/", "|")}`));
    const { text } = await snapshot(await site.browse("/a/"));
    expect(text).toContain("&lt;img src=x onerror=alert(1)&gt;.jpg</bdi>");
    expect(text).not.toMatch(/<img src=x|<script>\.jpg|<b>|"onclick="/);
    expect(text.match(/<script/g)).toHaveLength(1);
  });

  it("of a file with a dot in front is for programs, and not shown", async () => {
    const site = await createListedSite(["a/.DS_Store", "a/._b.jpg", "a/b.jpg"]);
    expect((await folderJson(site, "/a/?format=json")).files.map(({ name }) => name)).toEqual(["b.jpg"]);
    expect((await site.browse("/a/.DS_Store")).status).toBe(200);
  });
});

describe("pages", () => {
  it("lead from one to the next, and back to the first", async () => {
    const names = Array.from({ length: 450 }, (_, n) => `a/${String(n).padStart(3, "0")} & co.jpg`);
    const site = await createListedSite(names);
    const seen: string[] = [];
    for (let path: string | null = "/a/?format=json"; path !== null; ) {
      const page: FolderJson = await folderJson(site, path);
      seen.push(...page.files.map(({ name }) => `a/${name}`));
      path = page.next;
    }
    expect(seen).toEqual(names);
    expect(listCallsOf(site)).toBe(3);
    const { text } = await snapshot(await site.browse("/a/?after=199%20%26%20co.jpg"));
    expect(text).toContain('rel="next" href="/a/?after=399%20%26%20co.jpg"');
    expect(text).toContain('href="/a/">First page');
    expect(listCallsOf(site)).toBe(3);
  });

  it("behind the last name are empty, since the folder may have been longer", async () => {
    const site = await createListedSite(["a/a.jpg"]);
    expect((await folderJson(site, "/a/?format=json&after=z.jpg")).files).toEqual([]);
  });

  it.each(["after=a%2Fb.jpg", "after=", "after=..", "after=%zz"])("behind no name are refused: %s", async (query) => {
    const site = await createListedSite(["a/a.jpg"]);
    const response = await site.browse(`/a/?${query}`);
    expect([response.status, response.headers.get("Cache-Control")]).toEqual([400, "no-store"]);
    expect(listCallsOf(site)).toBe(0);
  });
});
