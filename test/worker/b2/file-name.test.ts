import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalPath, encodeFileName, fileNameFault, readPath } from "../../../src/b2/file-name.ts";
import encodings from "./b2-string-encoding.json";

/** The table is about URLs. It has these characters, but no file name may have them, or none as a whole segment. */
const NOT_IN_A_SEGMENT = /[\\/\u007f]/;

describe("Backblaze's published table", () => {
  it.each(encodings)("decodes $fullyEncoded and $minimallyEncoded to $string, where a name may have it", (row) => {
    for (const encoded of [row.fullyEncoded, row.minimallyEncoded]) {
      const reading = readPath(`a${encoded}b`, { plusIsSpace: true });
      if (NOT_IN_A_SEGMENT.test(row.string) && encoded !== "/") expect(reading.kind).toBe("bad");
      else expect(reading).toEqual({ kind: "path", path: `a${row.string}b` });
    }
  });

  it.each(encodings)("encodes $string so that B2 reads it back", ({ string, fullyEncoded, minimallyEncoded }) => {
    const encoded = encodeFileName(string);
    // The table writes a space as a plus in its short form: %20 is the other reading of the same.
    expect([fullyEncoded, minimallyEncoded.replaceAll("+", "%20")]).toContain(encoded);
  });
});

describe("readPath", () => {
  it.each([
    ["cat.jpg", "cat.jpg"],
    ["a/b/c.jpg", "a/b/c.jpg"],
    ["a%20b.jpg", "a b.jpg"],
    ["a+b.jpg", "a+b.jpg"],
    ["a%2Bb.jpg", "a+b.jpg"],
    ["%E5%B1%B1.webp", "山.webp"],
    ["%F0%9F%8C%88.png", "🌈.png"],
    ["100%25.png", "100%.png"],
    ["%2541.png", "%41.png"],
    [".hidden", ".hidden"],
    ["...", "..."],
    ["a/..b/c", "a/..b/c"],
    ["", ""],
    ["dir/", "dir/"],
    ["%7Eme/%61.jpg", "~me/a.jpg"],
  ])("reads %j as %j", (raw, path) => {
    expect(readPath(raw)).toEqual({ kind: "path", path });
  });

  it("reads a plus as a space in B2's own links", () => {
    expect(readPath("a+b%2Bc.jpg", { plusIsSpace: true })).toEqual({ kind: "path", path: "a b+c.jpg" });
  });

  it.each([
    ["%", "percent sign"],
    ["%4", "percent sign"],
    ["%zz.jpg", "percent sign"],
    ["%FF", "not UTF-8"],
    ["%C0%AF", "not UTF-8"],
    ["%ED%A0%80", "not UTF-8"],
    ["a%00b", "control character"],
    ["a%0Ab", "control character"],
    ["a%7Fb", "control character"],
    ["a%2Fb", "encoded slash"],
    ["a%5Cb", "backslash"],
    ["a\\b", "backslash"],
    [".", "only dots"],
    ["..", "only dots"],
    ["a/../b", "only dots"],
    ["a/%2e%2E/b", "only dots"],
    ["a/%2e", "only dots"],
    ["a//b", "empty segment"],
    ["/a", "empty segment"],
    ["a//", "empty segment"],
    ["a\ud800b", "text that is not UTF-8"],
    ["a/\udc00%20b", "text that is not UTF-8"],
  ])("refuses %j: %s", (raw, detail) => {
    expect(readPath(raw)).toEqual({ kind: "bad", detail: expect.stringContaining(detail) });
  });
});

describe("fileNameFault", () => {
  const segment = "x".repeat(250);

  it("refuses names of more than 1024 bytes", () => {
    const long = `${segment}/${segment}/${segment}/${segment}/`;
    expect(fileNameFault(`${long}${"y".repeat(1024 - long.length)}`)).toBeUndefined();
    expect(fileNameFault(`${long}${"y".repeat(1025 - long.length)}`)).toContain("1024 bytes");
  });

  it("refuses segments of more than 250 bytes", () => {
    expect(fileNameFault(`d/${segment}`)).toBeUndefined();
    expect(fileNameFault(`d/${segment}x`)).toContain("250 bytes");
    expect(fileNameFault("山".repeat(83))).toBeUndefined();
    expect(fileNameFault("山".repeat(84))).toContain("250 bytes");
  });

  it("counts a prefix without a slash to the first segment", () => {
    expect(fileNameFault(`pre${segment}`)).toContain("250 bytes");
    expect(fileNameFault(`pre/${segment}`)).toBeUndefined();
  });
});

describe("canonicalPath", () => {
  it.each([
    ["cat.jpg", "/cat.jpg"],
    ["a b+c.jpg", "/a%20b+c.jpg"],
    ["a&b=c,d;e:f@g$h.jpg", "/a&b=c,d;e:f@g$h.jpg"],
    ["it's (1)!*.jpg", "/it's%20(1)!*.jpg"],
    ["[x].jpg", "/%5Bx%5D.jpg"],
    ["山水.webp", "/%E5%B1%B1%E6%B0%B4.webp"],
    ["100%.png", "/100%25.png"],
    ["a?b#c.png", "/a%3Fb%23c.png"],
  ])("writes %j as %j", (path, canonical) => {
    expect(canonicalPath(path)).toBe(canonical);
  });
});

const nameText = fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 });

describe("for any name", () => {
  it("what is decoded and then encoded is the same name again, both in our URLs and in B2's", () => {
    fc.assert(
      fc.property(fc.array(nameText, { minLength: 1, maxLength: 4 }), (segments) => {
        const raw = segments.map(encodeURIComponent).join("/");
        const reading = readPath(raw);
        if (reading.kind === "bad") return;
        expect(reading.path).toBe(segments.join("/"));
        expect(readPath(canonicalPath(reading.path).slice(1))).toEqual(reading);
        expect(readPath(encodeFileName(reading.path), { plusIsSpace: true })).toEqual(reading);
      }),
      { numRuns: 5_000 },
    );
  });

  it("a path of any text is read or refused with a reason, and never throws", () => {
    const rawText = fc.oneof(
      fc.string({ unit: "binary", maxLength: 60 }),
      fc.stringMatching(/^[%0-9A-Fa-f./+\\]{0,40}$/),
    );
    fc.assert(
      fc.property(rawText, fc.boolean(), (raw, plusIsSpace) => {
        const reading = readPath(raw, { plusIsSpace });
        if (reading.kind === "bad") expect(reading.detail).toMatch(/^The path has .*\.$/);
        else expect(readPath(canonicalPath(reading.path).slice(1))).toEqual(reading);
      }),
      { numRuns: 5_000 },
    );
  });
});
