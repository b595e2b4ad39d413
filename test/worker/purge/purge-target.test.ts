import { describe, expect, it } from "vitest";
import {
  type Places,
  type PurgeTarget,
  targetOfFileName,
  targetOfPath,
  targetOfPrefix,
} from "../../../src/purge/purge-target.ts";
import { KEY } from "../support/protection.ts";

const SETTINGS: Places["settings"] = {
  fileNamePrefix: "",
  indexFile: undefined,
  listedPrefixes: [],
  privatePrefixes: [],
  signingKeys: [],
};
const PLACES: Places = { settings: SETTINGS, bucketName: "images" };
const WITH_INDEX: Places = { ...PLACES, settings: { ...SETTINGS, indexFile: "index.html" } };
const WITH_PREFIX: Places = { ...PLACES, settings: { ...SETTINGS, fileNamePrefix: "site/" } };
const LISTED: Places = { ...PLACES, settings: { ...SETTINGS, listedPrefixes: ["photos"] } };
const ALL_LISTED: Places = { ...PLACES, settings: { ...SETTINGS, listedPrefixes: [""] } };
const PRIVATE: Places = { ...PLACES, settings: { ...SETTINGS, privatePrefixes: ["clients"] } };
const WITH_LINKS: Places = { ...PLACES, settings: { ...SETTINGS, signingKeys: [KEY] } };
/** A name of 1,024 bytes may take 3,072 characters in an address. */
const LONG = `${"ü".repeat(100)}/${"é".repeat(100)}/a b+c.jpg`;

function tags(...all: string[]): PurgeTarget {
  return { tags: all, pathPrefixes: [] };
}

interface Case {
  written: string;
  target: PurgeTarget | undefined;
  places?: Places;
}

const files: Case[] = [
  { written: "cat.jpg", target: tags("/cat.jpg") },
  { written: "/cat.jpg", target: tags("/cat.jpg") },
  { written: "photos/red cat.jpg", target: tags("/photos/red%20cat.jpg") },
  { written: "a,b.jpg", target: tags("/a%2Cb.jpg") },
  { written: "a+b.jpg", target: tags("/a+b.jpg") },
  { written: "/photos/red%20cat.jpg", target: tags("/photos/red%2520cat.jpg", "/photos/red%20cat.jpg") },
  { written: "100%.jpg", target: tags("/100%25.jpg") },
  { written: "https://image.example.com/photos/red%20cat.jpg", target: tags("/photos/red%20cat.jpg") },
  { written: "https://image.example.com/100%2525.jpg?v=3#top", target: tags("/100%2525.jpg") },
  { written: "HTTPS://image.example.com/a+b.jpg#top", target: tags("/a+b.jpg") },
  { written: "/cat.jpg?v=3", target: tags("/cat.jpg%3Fv=3", "/cat.jpg") },
  {
    written: "/file/images/red+cat.jpg",
    target: tags("/file/images/red+cat.jpg", "/red+cat.jpg", "/red%20cat.jpg"),
  },
  {
    written: "https://image.example.com/file/images/red+cat.jpg",
    target: tags("/file/images/red+cat.jpg", "/red%20cat.jpg"),
  },
  { written: "/file/another/cat.jpg", target: tags("/file/another/cat.jpg") },
  { written: "photos/", target: tags("/photos/") },
  { written: "/", target: tags("/") },
  { written: "photos/", target: tags("/photos/", "/photos/index.html"), places: WITH_INDEX },
  { written: "/", target: tags("/", "/index.html"), places: WITH_INDEX },
  { written: "cat.jpg", target: tags("/cat.jpg"), places: WITH_PREFIX },
  { written: "photos/cat.jpg", target: tags("/photos/cat.jpg", "/photos/"), places: LISTED },
  { written: "photos/2026/cat.jpg", target: tags("/photos/2026/cat.jpg", "/photos/", "/photos/2026/"), places: LISTED },
  { written: "photos/", target: tags("/photos/"), places: LISTED },
  { written: "cat.jpg", target: tags("/cat.jpg"), places: LISTED },
  { written: "my cats/a.jpg", target: tags("/my%20cats/a.jpg", "/", "/my%20cats/"), places: ALL_LISTED },
  { written: ".git/a.jpg", target: tags("/.git/a.jpg", "/"), places: ALL_LISTED },
  {
    written: "clients/2026/a.jpg",
    target: tags("/clients/2026/a.jpg", "/clients/", "/clients/2026/"),
    places: PRIVATE,
  },
  { written: "a//b.jpg", target: undefined },
  { written: "../secret", target: undefined },
  { written: "a\nb.jpg", target: undefined },
  { written: "a".repeat(251), target: undefined },
  { written: `${"a/".repeat(512)}a`, target: undefined },
];

describe("to purge the file that an owner writes", () => {
  it.each(files)("as $written takes the tags $target.tags", ({ written, target, places = PLACES }) => {
    expect(targetOfPath(written, places)).toEqual(target);
  });

  it("takes the pages of its folders where links can be signed, since a link opens any folder", () => {
    expect(targetOfPath("photos/2026/cat.jpg", WITH_LINKS)?.tags).toEqual([
      "/photos/2026/cat.jpg",
      "/",
      "/photos/",
      "/photos/2026/",
    ]);
  });

  it("takes its paths in both forms of address, when its tag would be too long for Cloudflare", () => {
    const encoded = `/${encodeURIComponent(LONG).replaceAll("%2F", "/")}`;
    const linked = `/file/images${encoded}`;
    expect(encoded.length).toBeGreaterThan(1024);
    expect(targetOfPath(LONG, PLACES)).toEqual({
      tags: [],
      pathPrefixes: [encoded.replace("%2Bc", "+c"), linked, linked.replace("%20", "+")],
    });
  });

  it("takes the address of its folder, when it is an index file whose tag would be too long", () => {
    const folder = `${"ü".repeat(100)}/${"é".repeat(100)}/`;
    const encoded = `/${encodeURIComponent(folder).replaceAll("%2F", "/")}`;
    const all = [`${encoded}index.html`, `/file/images${encoded}index.html`, encoded, `/file/images${encoded}`];
    expect(targetOfPath(`${folder}index.html`, WITH_INDEX)).toEqual({ tags: [], pathPrefixes: all });
    expect(targetOfPath(`${folder}my-index.html`, WITH_INDEX)?.pathPrefixes).toHaveLength(2);
    expect(targetOfPath(`${folder}index.html`, PLACES)?.pathPrefixes).toHaveLength(2);
  });

  it("takes a tag of 1,024 characters, and no longer one", () => {
    const name = (bytes: number) => `${"a".repeat(249)}/${"b".repeat(249)}/${"c".repeat(249)}/${"d".repeat(bytes)}`;
    expect(targetOfPath(name(249), PLACES)?.tags).toHaveLength(1);
    const withSpaces = `${name(229)}${" ".repeat(8)}`;
    expect(targetOfPath(withSpaces, PLACES)?.tags[0]).toHaveLength(1004);
    expect(targetOfPath(`${withSpaces}${" ".repeat(7)}`, PLACES)?.tags).toEqual([]);
  });
});

it("a file in hundreds of folders takes the pages of the nearest thirty: a call of Cloudflare has room for a hundred", () => {
  expect(targetOfPath(`${"a/".repeat(400)}cat.jpg`, ALL_LISTED)?.tags).toHaveLength(31);
});

it("a text that is not Unicode is no path", () => {
  // In the name of a test it would end the run: half a surrogate pair cannot be written as UTF-8.
  expect(targetOfPath("\ud800.jpg", PLACES)).toBeUndefined();
});

describe("to purge what an event of B2 names", () => {
  it.each([
    { fileName: "cat.jpg", places: PLACES, target: tags("/cat.jpg") },
    { fileName: "site/cat.jpg", places: WITH_PREFIX, target: tags("/cat.jpg") },
    { fileName: "other/cat.jpg", places: WITH_PREFIX, target: undefined },
    { fileName: "https://cat.jpg", places: PLACES, target: undefined },
    { fileName: "red%20cat.jpg", places: PLACES, target: tags("/red%2520cat.jpg", "/red%20cat.jpg") },
  ])("$fileName takes $target", ({ fileName, places, target }) => {
    expect(targetOfFileName(fileName, places)).toEqual(target);
  });
});

describe("to purge all that begins with", () => {
  const prefixes: { written: string; paths: string[] | undefined }[] = [
    { written: "photos/", paths: ["/photos/", "/file/images/photos/"] },
    { written: "/photos", paths: ["/photos", "/file/images/photos"] },
    { written: "https://image.example.com/photos/", paths: ["/photos/", "/file/images/photos/"] },
    { written: "my cats/", paths: ["/my%20cats/", "/file/images/my%20cats/", "/file/images/my+cats/"] },
    { written: "a+b/", paths: ["/a+b/", "/file/images/a%2Bb/"] },
    { written: "", paths: undefined },
    { written: "/", paths: undefined },
    { written: "https://image.example.com/", paths: undefined },
    { written: "a//", paths: undefined },
  ];

  it.each(prefixes)("$written takes the paths $paths", ({ written, paths }) => {
    expect(targetOfPrefix(written, PLACES)).toEqual(paths && { tags: [], pathPrefixes: paths });
  });

  it.each([
    ["a/index", ["/a/index.html"]],
    ["a/index.html", ["/a/index.html"]],
    ["a/i", ["/a/index.html"]],
    ["ind", ["/index.html"]],
    ["a/", []],
    ["a/index.html.old", []],
    ["a/b", []],
  ])("%s takes the tags %j, since an index file is served at its folder's address too", (written, tagged) => {
    expect(targetOfPrefix(written, WITH_INDEX)?.tags).toEqual(tagged);
    expect(targetOfPrefix(written, PLACES)?.tags).toEqual([]);
  });
});
