import { describe, expect, it } from "vitest";
import { readStoredFile } from "../../../src/b2/stored-file.ts";

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
    ["yesterday", undefined],
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
  expect(read(fields as Record<string, string>).completeLength).toBe(length);
});

it("the file's own Cache-Control is kept as it is", () => {
  expect([read({ "Cache-Control": "max-age=1" }).cacheControl, read({}).cacheControl]).toEqual(["max-age=1", null]);
});
