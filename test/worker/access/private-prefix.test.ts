import { describe, expect, it } from "vitest";
import { isPrivate, type PrivateRules, parsePrivatePrefixes } from "../../../src/access/private-prefix.ts";

describe("parsePrivatePrefixes", () => {
  it.each([
    ["private", ["private"]],
    ["private/", ["private"]],
    ["/private/, clients/2026 ,", ["private", "clients/2026"]],
    ["red cats, 山", ["red cats", "山"]],
    ["100% wool", ["100% wool"]],
    ["cafe\u0301/", ["caf\u00e9"]],
    [",private,,", ["private"]],
  ])("reads %j", (text, expected) => {
    expect(parsePrivatePrefixes(text)).toEqual(expected);
  });

  it.each([
    "/",
    ",",
    "/,",
    "//",
    "/private//",
    "private,/",
    "a//b",
    "a/../b",
    "..",
    ".",
    "private/*",
    "*",
    "a\\b",
    "red%20cats",
    "a\nb",
    "https://image.example.com/private",
  ])("refuses %j", (text) => {
    expect(parsePrivatePrefixes(text)).toEqual({ problem: expect.stringContaining("such as private") });
  });
});

it.each([
  ["private/cat.jpg", true],
  ["private/a/b/cat.jpg", true],
  ["private", true],
  ["clients/2026/a.jpg", true],
  ["privateer.jpg", false],
  ["private.jpg", false],
  ["Private/cat.jpg", false],
  ["a/private/cat.jpg", false],
  ["clients/2027/a.jpg", false],
  ["clients", false],
])("%s is private: %j", (path, expected) => {
  expect(isPrivate(path, rulesOf("private", "clients/2026"))).toBe(expected);
});

it.each([
  ["caf\u00e9", "caf\u00e9/a.jpg"],
  ["caf\u00e9", "cafe\u0301/a.jpg"],
  ["cafe\u0301", "caf\u00e9/a.jpg"],
  ["cafe\u0301", "cafe\u0301"],
])("%s covers %s, in whichever spelling of Unicode the setting and the file are", (setting, path) => {
  const prefixes = parsePrivatePrefixes(setting);
  if ("problem" in prefixes) throw new Error(prefixes.problem);
  expect(isPrivate(path, rulesOf(...prefixes))).toBe(true);
  expect(isPrivate("cafe/a.jpg", rulesOf(...prefixes))).toBe(false);
});

it.each([
  ["private/cat.jpg", true],
  ["wall/cat.jpg", true],
  ["photos/wall/cat.jpg", true],
  ["cat.jpg", false],
])("with B2_FILE_NAME_PREFIX a folder may be written with it or without: %s is private: %j", (path, expected) => {
  const rules = { privatePrefixes: ["private", "photos/wall"], fileNamePrefix: "photos/" };
  expect(isPrivate(path, rules)).toBe(expected);
});

function rulesOf(...privatePrefixes: string[]): PrivateRules {
  return { privatePrefixes, fileNamePrefix: "" };
}
