import { describe, expect, it } from "vitest";
import { allowsStoring, parseCacheControl } from "../../../src/http/cache-control.ts";

describe("parseCacheControl", () => {
  it.each<[string, [string, string | true][]]>([
    [
      "public, max-age=60",
      [
        ["public", true],
        ["max-age", "60"],
      ],
    ],
    [
      "Public , MAX-AGE = 60",
      [
        ["public", true],
        ["max-age", "60"],
      ],
    ],
    [
      'private="set-cookie, x", no-cache',
      [
        ["private", "set-cookie, x"],
        ["no-cache", true],
      ],
    ],
    ['x="a\\"b"', [["x", 'a"b']]],
    ["", []],
    [",,", []],
  ])("reads %j", (field, expected) => {
    expect([...parseCacheControl(field)]).toEqual(expected);
  });
});

it.each([
  ["public, max-age=60", true],
  ["max-age=0, no-cache", true],
  ["", true],
  ["no-store", false],
  ["max-age=0, no-cache, no-store", false],
  ["Private", false],
  ['private="x"', false],
  ['x="no-store"', true],
])("storing is allowed by %j: %j", (field, expected) => {
  expect(allowsStoring(field)).toBe(expected);
});
