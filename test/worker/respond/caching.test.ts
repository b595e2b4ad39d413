import { describe, expect, it } from "vitest";
import type { StoredFile } from "../../../src/b2/stored-file.ts";
import { fileCaching } from "../../../src/respond/caching.ts";
import { checkedCaching, openCaching } from "../../../src/respond/relayed-caching.ts";
import type { Settings } from "../../../src/settings.ts";

const SETTINGS = {
  browserMaxAgeSeconds: 1,
  edgeMaxAgeSeconds: 20,
  edgeStaleWhileRevalidateSeconds: 300,
  edgeStaleIfErrorSeconds: 4000,
} as Settings;
const SHA1 = "f1d2d2f924e986ac86fdf7b36c94bcdf32beec15";
const OURS = ["public, max-age=21", "public, max-age=20, stale-while-revalidate=300, stale-if-error=4000"];
const FOR_A_YEAR = [
  "public, max-age=31536000, immutable",
  "public, max-age=31536000, immutable, stale-while-revalidate=300, stale-if-error=4000",
];

function cachingOf(cacheControl: string | null, version?: string): string[] {
  const file = { cacheControl, sha1: SHA1, uploadTimestamp: "1795543200123" } as StoredFile;
  const caching = fileCaching(file, version, SETTINGS);
  return [caching["Cache-Control"], caching["Cloudflare-CDN-Cache-Control"]];
}

describe("how long a file is kept, by browsers and by Cloudflare", () => {
  it.each<[string, string | null, string[]]>([
    ["without a word of its uploader", null, OURS],
    ["no-store, as B2 says itself", "max-age=0, no-cache, no-store", OURS],
    ["no-cache, which B2 says too", "no-cache", OURS],
    ["private", "private, max-age=5", OURS],
    ["private with names of fields", 'Private="set-cookie", max-age=5', OURS],
    ["max-age", "max-age=60", ["max-age=60", "public, max-age=60, stale-while-revalidate=0, stale-if-error=4000"]],
    [
      "max-age and s-maxage",
      "max-age=60, s-maxage=600",
      ["max-age=60, s-maxage=600", "public, max-age=600, stale-while-revalidate=0, stale-if-error=4000"],
    ],
    [
      "s-maxage alone: then the browser's time is ours",
      "s-maxage=600",
      ["max-age=601, s-maxage=600", "public, max-age=600, stale-while-revalidate=0, stale-if-error=4000"],
    ],
    [
      "its own stale windows",
      "max-age=60, stale-while-revalidate=7, stale-if-error=8",
      [
        "max-age=60, stale-while-revalidate=7, stale-if-error=8",
        "public, max-age=60, stale-while-revalidate=7, stale-if-error=8",
      ],
    ],
    [
      "must-revalidate",
      "max-age=60, must-revalidate, stale-while-revalidate=7",
      ["max-age=60, must-revalidate, stale-while-revalidate=7", "public, max-age=60, stale-if-error=0"],
    ],
    [
      "proxy-revalidate",
      "max-age=0, proxy-revalidate",
      ["max-age=0, proxy-revalidate", "public, max-age=0, stale-if-error=0"],
    ],
    [
      "immutable",
      "public, max-age=31536000, immutable",
      [
        "public, max-age=31536000, immutable",
        "public, max-age=31536000, stale-while-revalidate=0, stale-if-error=4000",
      ],
    ],
    ["no lifetime", "public", ["max-age=21, public", OURS[1] ?? ""]],
    ["no lifetime that can be read", "max-age=soon", ["max-age=21, max-age=soon", OURS[1] ?? ""]],
    [
      "must-revalidate without a lifetime",
      "must-revalidate",
      ["max-age=21, must-revalidate", "public, max-age=20, stale-if-error=0"],
    ],
    [
      "more seconds than caches count",
      "max-age=99999999999",
      ["max-age=99999999999", "public, max-age=2147483648, stale-while-revalidate=0, stale-if-error=4000"],
    ],
    [
      "max-age twice: the first counts",
      "max-age=60, max-age=5",
      ["max-age=60, max-age=5", "public, max-age=60, stale-while-revalidate=0, stale-if-error=4000"],
    ],
  ])("%s", (_, cacheControl, expected) => {
    expect(cachingOf(cacheControl)).toEqual(expected);
  });

  it.each<[string, string | null, string, string[]]>([
    ["that counts up", null, "3", OURS],
    ["of another file", null, "f1d2d2f0", OURS],
    ["that proves itself", null, "f1d2d2f9", FOR_A_YEAR],
    ["that is the upload time", null, "1795543200123", FOR_A_YEAR],
    ["that proves itself, whatever the uploader said", "max-age=60, must-revalidate", "f1d2d2f9", FOR_A_YEAR],
    [
      "that does not, with what the uploader said",
      "max-age=60",
      "3",
      ["max-age=60", "public, max-age=60, stale-while-revalidate=0, stale-if-error=4000"],
    ],
  ])("at an address with a version %s", (_, cacheControl, version, expected) => {
    expect(cachingOf(cacheControl, version)).toEqual(expected);
  });
});

describe("what is left of a stored copy's time", () => {
  const copy = {
    "Cache-Control": OURS[0] ?? "",
    "Cloudflare-CDN-Cache-Control": OURS[1] ?? "",
  };

  it.each([
    [0, ...OURS],
    [19, "public, max-age=2", "public, max-age=1, stale-while-revalidate=300, stale-if-error=4000"],
    [20, "public, max-age=1", "public, max-age=0, stale-if-error=0"],
    [30, "public, max-age=0", "public, max-age=0, stale-if-error=0"],
  ])("after %i seconds, for everybody", (ageSeconds, browser, edge) => {
    expect(openCaching({ ...copy, ageSeconds })).toEqual({
      "Cache-Control": browser,
      "Cloudflare-CDN-Cache-Control": edge,
    });
  });

  it("of an error is nothing", () => {
    const noStore = { "Cache-Control": "no-store", "Cloudflare-CDN-Cache-Control": "no-store" };
    expect(openCaching({ ...noStore, ageSeconds: 0 })).toEqual(noStore);
  });

  it.each([
    [0, Number.POSITIVE_INFINITY, "private, max-age=1"],
    [20, 3600, "private, max-age=1"],
    [21, 3600, "private, max-age=0"],
    [30, 3600, "private, max-age=0"],
    [0, 0, "private, max-age=0"],
    [0, -1, "private, max-age=0"],
  ])("after %i seconds, for who passed a check that holds for %d more", (ageSeconds, validSeconds, browser) => {
    const checked = checkedCaching({ ...copy, ageSeconds }, { validSeconds, browserMaxAgeSeconds: 1 });
    expect(checked).toEqual({ "Cache-Control": browser, "Cloudflare-CDN-Cache-Control": "no-store" });
  });

  it.each([
    [0, Number.POSITIVE_INFINITY, "private, max-age=31536000, immutable"],
    [1000, Number.POSITIVE_INFINITY, "private, max-age=31535000, immutable"],
    [1000, 3600, "private, max-age=3600, immutable"],
  ])("after %i seconds, of a version that proved itself, with a check that holds for %d more", (...row) => {
    const [ageSeconds, validSeconds, browser] = row;
    const proven = { "Cache-Control": FOR_A_YEAR[0] ?? "", "Cloudflare-CDN-Cache-Control": FOR_A_YEAR[1] ?? "" };
    const checked = checkedCaching({ ...proven, ageSeconds }, { validSeconds, browserMaxAgeSeconds: 1 });
    expect(checked["Cache-Control"]).toBe(browser);
  });

  it("immutable of the uploader reaches the browser, and its own time still ends it", () => {
    const own = { "Cache-Control": "max-age=60, immutable", "Cloudflare-CDN-Cache-Control": "public, max-age=60" };
    const checked = checkedCaching({ ...own, ageSeconds: 10 }, { validSeconds: 3600, browserMaxAgeSeconds: 40 });
    expect(checked["Cache-Control"]).toBe("private, max-age=40, immutable");
  });
});
