import { describe, expect, it } from "vitest";
import { cutUrl, locate } from "../../src/locate.ts";
import { readSettings, type Settings } from "../../src/settings.ts";

function settingsOf(vars: Record<string, unknown>): Settings {
  const TOKENS = { get: async () => null, put: async () => undefined };
  const reading = readSettings({ TOKENS, B2_APPLICATION_KEY_ID: "id", B2_APPLICATION_KEY: "key", ...vars });
  if (reading.kind === "problems") throw new Error(JSON.stringify(reading.problems));
  return reading.settings;
}

function locateUrl(pathAndQuery: string, vars: Record<string, unknown> = {}) {
  return locate(cutUrl(`https://image.example.com${pathAndQuery}`), settingsOf(vars));
}

describe("a URL", () => {
  it.each([
    ["/cat.jpg", { path: "cat.jpg", canonicalPath: "/cat.jpg", isCanonical: true, query: "" }],
    ["/a%20b.jpg", { path: "a b.jpg", canonicalPath: "/a%20b.jpg", isCanonical: true }],
    ["/a+b.jpg", { path: "a+b.jpg", canonicalPath: "/a+b.jpg", isCanonical: true }],
    ["/%63at.jpg", { path: "cat.jpg", canonicalPath: "/cat.jpg", isCanonical: false }],
    // A query that is there and empty is a cache key of its own.
    ["/cat.jpg?", { path: "cat.jpg", isCanonical: false, query: "" }],
    ["/cat.jpg?v=3", { path: "cat.jpg", canonicalPath: "/cat.jpg", isCanonical: false, query: "v=3" }],
    ["/cat.jpg?a?b", { path: "cat.jpg", query: "a?b" }],
    [
      "/file/images/a+b.jpg",
      { path: "a b.jpg", canonicalPath: "/a%20b.jpg", isCanonical: false, linkedBucket: "images" },
    ],
    ["/file/cat.jpg", { path: "file/cat.jpg", isCanonical: true, linkedBucket: undefined }],
  ])("%s is understood", (url, expected) => {
    expect(locateUrl(url)).toMatchObject({ kind: "target", ...expected });
  });

  it.each([
    ["/", "index.html"],
    ["/dir/", "dir/index.html"],
    ["/file/images/dir/", "dir/index.html"],
  ])("%s is a folder, with its index file when the settings name one", (url, path) => {
    const index = { kind: "target", path, isCanonical: false };
    expect(locateUrl(url, { INDEX_FILE: "index.html" })).toMatchObject({ kind: "folder", index });
    expect(locateUrl(url)).toMatchObject({ kind: "folder", index: undefined });
  });
});

describe("a name is measured as B2 knows it, with B2_FILE_NAME_PREFIX", () => {
  const folder = "x".repeat(250);
  const PREFIX = "photos/of/2026/";

  it("in whole", () => {
    const fitting = `${folder}/`.repeat(4).padEnd(1024 - PREFIX.length, "y");
    expect(locateUrl(`/${fitting}`, { B2_FILE_NAME_PREFIX: PREFIX })).toMatchObject({ kind: "target" });
    const tooLong = { kind: "bad-request", detail: expect.stringContaining("1024 bytes") };
    expect(locateUrl(`/${fitting}w`, { B2_FILE_NAME_PREFIX: PREFIX })).toEqual(tooLong);
    expect(locateUrl(`/${fitting}w`)).toMatchObject({ kind: "target" });
  });

  it("and in its first part, when the prefix does not end with a slash", () => {
    expect(locateUrl(`/${folder}`)).toMatchObject({ kind: "target" });
    const tooLong = { kind: "bad-request", detail: expect.stringContaining("250 bytes") };
    expect(locateUrl(`/${folder}`, { B2_FILE_NAME_PREFIX: "photo-" })).toEqual(tooLong);
  });

  it("and with the index file", () => {
    const dir = `${`${folder}/`.repeat(3)}${"d".repeat(250)}/`;
    const index = { kind: "target" };
    expect(locateUrl(`/${dir}`, { INDEX_FILE: "i".repeat(20) })).toMatchObject({ kind: "folder", index });
    expect(locateUrl(`/${dir}`, { INDEX_FILE: "i".repeat(21) })).toMatchObject({ kind: "folder", index: undefined });
  });
});

describe("a preset", () => {
  const vars = { IMAGE_PRESETS: { thumb: { width: 320 } }, IMAGES: {} };

  it.each(["preset=thumb", "a=b&preset=thumb&c=d", "%70reset=thumb", "preset=thumb&v=3"])(
    "is named by ?%s",
    (query) => {
      const target = { kind: "target", preset: { name: "thumb", width: 320 }, isCanonical: false };
      expect(locateUrl(`/cat.jpg?${query}`, vars)).toMatchObject(target);
      expect(locateUrl(`/file/images/cat.jpg?${query}`, vars)).toMatchObject({ ...target, path: "cat.jpg" });
    },
  );

  it.each(["preset=card", "preset=", "preset", "preset=thumb&preset=thumb"])("is refused by ?%s", (query) => {
    const refused = { kind: "bad-request", detail: "The address must have one preset, and one of these: thumb." };
    expect(locateUrl(`/cat.jpg?${query}`, vars)).toEqual(refused);
  });

  it.each(["presets=thumb", "Preset=thumb", "a=preset", "v=3"])("is not what ?%s asks for", (query) => {
    expect(locateUrl(`/cat.jpg?${query}`, vars)).toMatchObject({ kind: "target", preset: undefined });
  });

  it.each(["preset=thumb", "preset=", "preset=a&preset=b"])("is nothing where there are no presets: ?%s", (query) => {
    expect(locateUrl(`/cat.jpg?${query}`)).toMatchObject({ kind: "target", preset: undefined, isCanonical: false });
  });
});
