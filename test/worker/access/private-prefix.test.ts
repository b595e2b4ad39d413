import { expect, it } from "vitest";
import { parseFolderList } from "../../../src/access/folder-list.ts";
import { isPrivate, type PrivateRules } from "../../../src/access/private-prefix.ts";

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
  const prefixes = parseFolderList(setting);
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
