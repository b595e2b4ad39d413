import { describe, expect, it } from "vitest";
import { isPrivate, parsePrivatePrefixes } from "../../../src/policy/private-prefix.ts";

describe("parsePrivatePrefixes", () => {
  it.each([
    ["private", ["private"]],
    ["private/", ["private"]],
    ["/private/, clients/2026 ,", ["private", "clients/2026"]],
    ["red cats, 山", ["red cats", "山"]],
  ])("reads %j", (text, expected) => {
    expect(parsePrivatePrefixes(text)).toEqual(expected);
  });

  it.each(["/", "a//b", "a/../b", ".", "private/*", "a\\b"])("refuses %j", (text) => {
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
  expect(isPrivate(path, ["private", "clients/2026"])).toBe(expected);
});
