import { describe, expect, it } from "vitest";
import { completeLengthOf, isVersionOf, readStoredFile } from "../../../src/b2/stored-file.ts";

const NOW = Date.UTC(2026, 10, 24, 18);
const SHA1 = "f1d2d2f924e986ac86fdf7b36c94bcdf32beec15";
const FILE_ID = "4_ze73ede9969c64427a54c0013_f1012ba93c9e9f2a0_d20261124_m180000_c002_v0001123_t0042";

function read(fields: Record<string, string>) {
  return readStoredFile(new Response(null, { headers: fields }), NOW);
}

describe("the entity tag", () => {
  const tags: [string, Record<string, string>, string][] = [
    ["is the SHA-1 that B2 has checked", { "X-Bz-Content-Sha1": SHA1, "X-Bz-File-Id": FILE_ID }, `"${SHA1}"`],
    [
      "is the file's id when a large file has no SHA-1",
      { "X-Bz-Content-Sha1": "none", "X-Bz-File-Id": FILE_ID },
      '"f1012ba93c9e9f2a0_d20261124_m180000_c002_v0001123_t0042"',
    ],
    [
      "is the file's id when the SHA-1 is only what the uploader said",
      { "X-Bz-Content-Sha1": `unverified:${SHA1}`, "X-Bz-File-Id": FILE_ID },
      '"f1012ba93c9e9f2a0_d20261124_m180000_c002_v0001123_t0042"',
    ],
    ["is the file's id without a quote or a space", { "X-Bz-File-Id": 'a"b c' }, '"abc"'],
  ];

  it.each(tags)("%s", (_, fields, tag) => {
    expect(read(fields).etag).toBe(tag);
  });

  it("never tells the bucket's id", () => {
    expect(read({ "X-Bz-File-Id": FILE_ID }).etag).not.toContain("e73ede9969c64427a54c0013");
  });
});

describe("the upload time", () => {
  const times: [string | undefined, number | undefined][] = [
    [String(NOW - 5_600), NOW - 6_000],
    [String(NOW + 60_000), NOW],
    ["0", 0],
    ["9".repeat(15), NOW],
    ["9".repeat(16), undefined],
    ["9".repeat(400), undefined],
    ["yesterday", undefined],
    ["-1", undefined],
    ["-99999999999999999999", undefined],
    ["1e300", undefined],
    ["Infinity", undefined],
    ["0x10", undefined],
    ["17.5", undefined],
    ["", undefined],
    [undefined, undefined],
  ];

  it.each(times)("%j is %j ms: whole seconds, and never later than now", (field, at) => {
    expect(read(field === undefined ? {} : { "X-Bz-Upload-Timestamp": field }).lastModifiedAt).toBe(at);
  });
});

it.each([
  [{ "Content-Length": "5" }, 5],
  [{ "Content-Length": "2", "Content-Range": "bytes 0-1/5" }, 5],
  [{}, 0],
])("the length of the whole file of %j is %i", (fields, length) => {
  expect(completeLengthOf(new Response(null, { headers: fields as Record<string, string> }))).toBe(length);
});

it("the file's own Cache-Control is kept as it is", () => {
  expect([read({ "Cache-Control": "max-age=1" }).cacheControl, read({}).cacheControl]).toEqual(["max-age=1", null]);
});

describe("a version proves itself", () => {
  const fields = { "X-Bz-Content-Sha1": SHA1, "X-Bz-Upload-Timestamp": "1795543200123" };
  it.each([
    ["by the first 8 hex digits of the SHA-1", SHA1.slice(0, 8), true],
    ["by more of them", SHA1.slice(0, 12), true],
    ["by all of them", SHA1, true],
    ["in capitals too", SHA1.slice(0, 10).toUpperCase(), true],
    ["by the upload time", "1795543200123", true],
    ["not by 7 digits", SHA1.slice(0, 7), false],
    ["not by more than all", `${SHA1}0`, false],
    ["not by digits from the middle", SHA1.slice(4, 20), false],
    ["not by another SHA-1", "0".repeat(40), false],
    ["not by the beginning of the upload time", "1795543200", false],
    ["not by another time", "1795543200124", false],
    ["not by a number that counts up", "3", false],
  ])("%s: %s", (_, version, expected) => {
    expect(isVersionOf(version, read(fields))).toBe(expected);
  });

  it.each(["none", `unverified:${SHA1}`])("by the upload time alone when the SHA-1 is %s", (sha1) => {
    const file = read({ ...fields, "X-Bz-Content-Sha1": sha1 });
    expect([isVersionOf(SHA1, file), isVersionOf("1795543200123", file)]).toEqual([false, true]);
  });

  it.each(["", "0", "1", "99"])("never by the absurd upload time %j", (time) => {
    expect(isVersionOf(time, read({ "X-Bz-Upload-Timestamp": time }))).toBe(false);
  });

  it("never by fields that B2 does not send", () => {
    expect([isVersionOf("null", read({})), isVersionOf("undefined", read({})), isVersionOf("", read({}))]).toEqual([
      false,
      false,
      false,
    ]);
  });
});
