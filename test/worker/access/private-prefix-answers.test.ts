import { beforeEach, describe, expect, it, vi } from "vitest";
import { contentOf } from "../support/content-of.ts";
import { NOW_SECONDS, PRIVATE, signed, snapshot } from "../support/protection.ts";
import { createSiteWithToken } from "../support/site.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW_SECONDS * 1000 });
});

it.each([
  "/%70%72%69%76%61%74%65/%63%61%74.jpg",
  "/private/cat.jpg?",
  "/private/cat.jpg?exp=&kid=&sig=",
  "/private/cat.jpg?exp=4102444800&kid=k1&sig=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
  "/private/cat.jpg;x?",
  "/private%2Fcat.jpg",
  "/private%5Ccat.jpg",
  "/private\\cat.jpg",
  "/private//cat.jpg",
  "//private/cat.jpg",
  "/./private/cat.jpg",
  "/%2e/private/cat.jpg",
  "/x/%2E%2E/private/cat.jpg",
  "/x/..%2Fprivate/cat.jpg",
  "/private%00/cat.jpg",
  "/private/cat.jpg%00",
  "/file/images/private/cat.jpg",
  "/file/images/%70rivate/cat.jpg",
  "/file/images//private/cat.jpg",
  "/file/images/private%2Fcat.jpg",
])("a private file cannot be had by %s", async (path) => {
  const site = await createSiteWithToken(PRIVATE);
  expect([400, 403]).toContain((await site.browse(path)).status);
  expect([site.downloads(), site.images.runs]).toEqual([0, 0]);
});

it("a link opens its file in every spelling of the address", async () => {
  const site = await createSiteWithToken(PRIVATE);
  const query = (await signed("/private/cat.jpg")).split("?")[1];
  for (const path of ["/private/cat.jpg", "/%70rivate/c%61t.jpg", "/file/images/private/cat.jpg"]) {
    expect(await contentOf(await site.browse(`${path}?utm_source=mail&${query}`))).toBe("a cat at home");
  }
  expect(site.downloads()).toBe(1);
});

describe("a folder whose name has an accent", () => {
  const nfc = "caf\u00e9";
  const nfd = "cafe\u0301";

  it.each([
    ["both in the short spelling", nfc, nfc],
    ["the file as macOS wrote it", nfc, nfd],
    ["the setting as macOS wrote it", nfd, nfc],
  ])("is private: %s", async (_, setting, folder) => {
    const site = await createSiteWithToken({ ...PRIVATE, PRIVATE_PREFIXES: setting });
    site.b2.put("images", `${folder}/cat.jpg`, { content: "a cat in a café", contentType: "image/jpeg" });
    const path = `/${encodeURIComponent(folder)}/cat.jpg`;
    expect((await site.browse(path)).status).toBe(403);
    expect((await site.browse(`/${encodeURIComponent(nfc)}/dog.jpg`)).status).toBe(403);
    expect(site.downloads()).toBe(0);
    expect(await contentOf(await site.browse(await signed(path)))).toBe("a cat in a café");
  });
});

describe("with B2_FILE_NAME_PREFIX", () => {
  it.each(["private", "photos/private", "/photos/private/"])("PRIVATE_PREFIXES may say %s", async (setting) => {
    const site = await createSiteWithToken({ ...PRIVATE, PRIVATE_PREFIXES: setting, B2_FILE_NAME_PREFIX: "photos/" });
    site.b2.put("images", "photos/private/cat.jpg", { content: "a cat on a photo", contentType: "image/jpeg" });
    site.b2.put("images", "photos/cat.jpg", { content: "a cat on a wall", contentType: "image/jpeg" });
    expect((await site.browse("/private/cat.jpg")).status).toBe(403);
    expect((await site.browse("/file/images/private/cat.jpg")).status).toBe(403);
    expect(site.downloads()).toBe(0);
    expect(await contentOf(await site.browse(await signed("/private/cat.jpg")))).toBe("a cat on a photo");
    expect(await contentOf(await site.browse("/cat.jpg"))).toBe("a cat on a wall");
  });
});

describe("the address of a private folder", () => {
  it("is one more private file with INDEX_FILE, whether it has one or not", async () => {
    const site = await createSiteWithToken({ ...PRIVATE, INDEX_FILE: "index.html" });
    site.b2.put("images", "private/index.html", { content: "a list of cats", contentType: "text/html" });
    const refused = await snapshot(await site.browse("/private/"));
    expect(refused.status).toBe(403);
    expect(await snapshot(await site.browse("/private/empty/"))).toEqual(refused);
    expect(await snapshot(await site.browse("/private/cat.jpg"))).toEqual(refused);
    expect(site.downloads()).toBe(0);
    const link = await signed("/private/index.html");
    expect(await contentOf(await site.browse(link.replace("index.html", "")))).toBe("a list of cats");
  });

  it("is refused without INDEX_FILE too, with files in it or not", async () => {
    const site = await createSiteWithToken(PRIVATE);
    const refused = await snapshot(await site.browse("/private/cat.jpg"));
    expect(refused.status).toBe(403);
    expect(await snapshot(await site.browse("/private/"))).toEqual(refused);
    expect(await snapshot(await site.browse("/private/empty/"))).toEqual(refused);
    expect((await site.browse("/nowhere/")).status).toBe(404);
    expect(site.downloads()).toBe(0);
  });

  it("keeps an INDEX_FILE or a NOT_FOUND_FILE of the private folder out of answers for the public ones", async () => {
    const site = await createSiteWithToken({ ...PRIVATE, INDEX_FILE: "index.html", NOT_FOUND_FILE: "404.html" });
    for (const name of ["index.html", "404.html"])
      site.b2.put("images", `private/${name}`, { content: "a list of cats", contentType: "text/html" });
    for (const path of ["/", "/nowhere/", "/nowhere.jpg", "/404.html"]) {
      const answer = await snapshot(await site.browse(path));
      expect([path, answer.status, answer.text.includes("a list of cats")]).toEqual([path, 404, false]);
    }
  });
});
