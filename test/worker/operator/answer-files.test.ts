import { beforeEach, describe, expect, it, vi } from "vitest";
import { ODD_NAMES } from "../../e2e/fixtures/odd-names.ts";
import { callsOf } from "../support/b2-behind-fetch.ts";
import { contentOf } from "../support/content-of.ts";
import type { Vars } from "../support/isolate.ts";
import { createListedSite } from "../support/listed-site.ts";
import { BEARER, OWNER } from "../support/owner.ts";
import { decoded, itemsOf } from "../support/page-items.ts";
import { NOW_SECONDS, PRIVATE } from "../support/protection.ts";
import type { TestSite } from "../support/site.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW_SECONDS * 1000 });
});

/** A site, and what its owner sees at an address. */
async function ownedSite(names: string[], vars: Vars = PRIVATE) {
  const site = await createListedSite(names, { ...vars, ...OWNER });
  const open = (path: string, init?: RequestInit) => site.visit(path, { ...init, headers: BEARER });
  return { site, open };
}

async function statusOf(site: TestSite, address: string | undefined): Promise<number> {
  return (await site.browse(address ?? "/no address")).status;
}

describe("the owner's page of a folder", () => {
  it("shows private, unlisted and dotted ones too, and each of its links opens", async () => {
    const { site, open } = await ownedSite(["photos/a.jpg", ".well-known/security.txt", "private/deep/b.jpg"]);
    const top = await itemsOf(await open("/-/files"));
    expect(top.map(({ name, marks }) => [name, ...marks])).toEqual([
      [".well-known", "hidden"],
      ["photos"],
      ["private", "private"],
      ["cat.jpg"],
    ]);
    for (const { name, share, href } of top) expect([name, await statusOf(site, share || href)]).toEqual([name, 200]);
    const inside = await itemsOf(await open(top[2]?.href ?? ""));
    expect(inside.map(({ name, marks }) => [name, ...marks])).toEqual([
      ["deep", "private"],
      ["cat.jpg", "private"],
    ]);
    for (const { name, share, href } of inside)
      expect([name, await statusOf(site, share || href)]).toEqual([name, 200]);
  });

  it("signs what it must for as long as the owner says, and nothing else", async () => {
    const { site, open } = await ownedSite(["photos/a.jpg"], { ...PRIVATE, LISTED_PREFIXES: "photos" });
    const top = await itemsOf(await open("/-/files?life=14d"));
    const share = Object.fromEntries(top.map((item) => [item.name, item.share || item.href]));
    expect([share.photos, share["cat.jpg"]]).toEqual(["/photos/", "/cat.jpg"]);
    expect(share.private).toContain(`?exp=${NOW_SECONDS + 14 * 86_400}&kid=k1&sig=`);
    site.advance(14 * 86_400 - 1);
    expect(await statusOf(site, share.private)).toBe(200);
    site.advance(1);
    expect(await statusOf(site, share.private)).toBe(403);
    expect(top.find(({ name }) => name === "private")?.href).toBe("/-/files?prefix=private%2F&life=14d");
    const page = await contentOf(await open("/-/files?life=99y"));
    expect(page).toContain('<option value="1h" selected="">');
  });

  it("names the version of each file in its links, which a signature covers, where there is a parameter for it", async () => {
    const { site, open } = await ownedSite(["photos/a.jpg"], { ...PRIVATE, VERSION_PARAMETER: "v" });
    for (const [folder, link] of [
      ["photos", /^\/photos\/a\.jpg\?v=[0-9a-f]{8}$/],
      ["private", /^\/private\/cat\.jpg\?v=[0-9a-f]{8}&exp=\d+&kid=k1&sig=/],
    ] as const) {
      const [item] = await itemsOf(await open(`/-/files?prefix=${folder}/`));
      const address = item?.share || item?.href || "";
      expect(address).toMatch(link);
      expect((await site.browse(address)).headers.get("Cache-Control")).toContain("immutable");
    }
  });

  it("without a key to sign with gives away only what is open", async () => {
    const { open } = await ownedSite(["photos/a.jpg"], {});
    const page = await contentOf(await open("/-/files"));
    expect(page).not.toMatch(/Signed links|sig=|Visitors/);
    expect((await itemsOf(await open("/-/files"))).map(({ name, share }) => [name, share])).toEqual([
      ["photos", undefined],
      ["private", undefined],
      ["cat.jpg", ""],
    ]);
  });

  it("shows what no visitor can get: files hidden in B2, and names without an address", async () => {
    const { site, open } = await ownedSite(["gone.jpg", "../odd.jpg", "-/own.jpg"]);
    site.b2.hide("images", "gone.jpg");
    const page = await contentOf(await open("/-/files"));
    expect(page).toMatch(/gone\.jpg<\/bdi><span[^>]*>hidden in B2: visitors get 404/);
    expect((await itemsOf(await open("/-/files?prefix=-"))).map(({ name }) => name)).toEqual(["own.jpg"]);
    expect(await contentOf(await open("/-/files?prefix=-"))).toContain("no address leads to this name");
  });

  it("shows every name, and its address opens it", async () => {
    const { site, open } = await ownedSite([...ODD_NAMES]);
    const found: string[] = [];
    const pages = ["/-/files"];
    for (const path of pages) {
      for (const { name, href = "" } of await itemsOf(await open(path))) {
        if (href.startsWith("/-/files")) pages.push(href);
        else if ((await contentOf(await site.browse(href))).endsWith(name)) found.push(name);
      }
    }
    expect(found.toSorted()).toEqual(ODD_NAMES.map((name) => name.split("/").at(-1)).toSorted());
  });

  it("has a button for each file that has it purged by its address, and one for the folder", async () => {
    const { open } = await ownedSite([" a/b c.jpg"]);
    const page = await contentOf(await open("/-/files?prefix=%20a/"));
    expect(page).toContain('<form id="purge" method="post" action="/-/purge">');
    expect(page).toMatch(/<button [^>]*form="purge" name="paths" value="\/%20a\/b%20c\.jpg"/);
    expect(page).toMatch(/<button [^>]*name="prefix" value="\/%20a\/"/);
  });

  it("asks B2 at each look, once", async () => {
    const { site, open } = await ownedSite(["photos/a.jpg"]);
    for (let n = 0; n < 3; n += 1) await itemsOf(await open("/-/files?prefix=photos/"));
    expect(callsOf(site.b2)).toMatchObject({ b2_authorize_account: 1, b2_list_file_versions: 3 });
    expect([site.images.runs, site.downloads()]).toEqual([0, 0]);
  });

  it("pages through files with many versions, each once", async () => {
    const { site, open } = await ownedSite([]);
    for (let n = 100; n < 350; n += 1)
      for (let version = 0; version < 7; version += 1)
        site.b2.put("images", `many/${n}.txt`, { content: String(version) });
    const names: string[] = [];
    let path: string | undefined = "/-/files?prefix=many/";
    while (path !== undefined) {
      const response: Response = await open(path);
      path = decoded(/rel="next" href="([^"]*)"/.exec(await contentOf(response.clone()))?.[1]);
      names.push(...(await itemsOf(response)).map(({ name }) => name));
    }
    expect(names).toEqual(Array.from({ length: 250 }, (_, index) => `${index + 100}.txt`));
  });

  it("says what part of the bucket is served", async () => {
    const { open } = await ownedSite(["photos/a.jpg", "other.jpg"], { B2_FILE_NAME_PREFIX: "photos/" });
    const page = await contentOf(await open("/-/files"));
    expect(page).toMatch(/Only names that begin with <bdi class="name">photos\/<\/bdi>/);
    expect((await itemsOf(await open("/-/files"))).map(({ name }) => name)).toEqual(["a.jpg"]);
  });

  it("is for the owner alone, and in no cache", async () => {
    const { site, open } = await ownedSite(["photos/a.jpg"]);
    expect((await open("/-/files")).headers.get("Cache-Control")).toBe("no-store");
    const stranger = await site.browse("/-/files");
    expect([stranger.status, (await contentOf(stranger)).includes("photos")]).toEqual([401, false]);
    expect((await site.browse("/-/files", { headers: { Authorization: `${BEARER.Authorization}x` } })).status).toBe(
      401,
    );
    expect((await open("/-/files", { method: "POST" })).status).toBe(405);
  });

  it("answers HEAD, and may be in no search index and no frame", async () => {
    const { open } = await ownedSite([]);
    const response = await open("/-/files", { method: "HEAD" });
    expect([response.status, await response.text()]).toEqual([200, ""]);
    expect(response.headers.get("X-Robots-Tag")).toBe("noindex, nofollow");
    expect(response.headers.get("Content-Security-Policy")).toMatch(/^default-src 'none'; .*frame-ancestors 'none'$/);
  });
});

describe("the owner is told", () => {
  it.each(["prefix=a/../b", "prefix=a//b", "prefix=a%00b", "prefix=photos/&after=a%2Fb"])(
    "that %s is no folder, without a call",
    async (query) => {
      const { site, open } = await ownedSite([]);
      expect((await open(`/-/files?${query}`)).status).toBe(400);
      expect(callsOf(site.b2)).toEqual({});
    },
  );

  it("which key to make when this one may not list files", async () => {
    const { site, open } = await ownedSite([]);
    site.b2.setKey({ capabilities: ["shareFiles", "readFiles"] });
    const response = await open("/-/files");
    expect([response.status, await response.json()]).toEqual([
      403,
      expect.objectContaining({ detail: expect.stringContaining("b2 key create --bucket images") }),
    ]);
  });

  it("when to come again after a reached cap", async () => {
    const { site, open } = await ownedSite([]);
    site.b2.faults([{ operation: "b2_list_file_versions", status: 403, code: "transaction_cap_exceeded" }]);
    const response = await open("/-/files");
    expect([response.status, response.headers.get("Retry-After")]).toEqual([503, "300"]);
  });
});
