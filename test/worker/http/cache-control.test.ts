import { describe, expect, it } from "vitest";
import { parseCacheControl, reduceLifetimes, secondsOf } from "../../../src/http/cache-control.ts";

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
    ["max-age=60, MAX-AGE=5", [["max-age", "60"]]],
    ["", []],
    [",,", []],
  ])("reads %j", (field, expected) => {
    expect([...parseCacheControl(field)]).toEqual(expected);
  });
});

it.each<[string, number | undefined]>([
  ["max-age=60", 60],
  ['max-age="60"', 60],
  ["public, max-age = 0", 0],
  ["max-age=99999999999999999999", 2_147_483_648],
  ["max-age=soon", undefined],
  ["max-age=-1", undefined],
  ["max-age=1.5", undefined],
  ["max-age", undefined],
  ["max-age=", undefined],
  ["s-maxage=60, x-max-age=60", undefined],
])("the seconds of max-age in %j are %j", (field, expected) => {
  expect(secondsOf(parseCacheControl(field), "max-age")).toBe(expected);
});

it.each([
  ["public, max-age=60, stale-while-revalidate=60", "public, max-age=50, stale-while-revalidate=60"],
  ["s-maxage=600,Max-Age=60", "s-maxage=590,Max-Age=50"],
  ['max-age = "60"', 'max-age = "50"'],
  ["max-age=9", "max-age=0"],
  ["x-max-age=60, max-age=soon", "x-max-age=60, max-age=soon"],
  ["no-store", "no-store"],
])("the lifetimes of %j, ten seconds later, are those of %j", (field, expected) => {
  expect(reduceLifetimes(field, 10)).toBe(expected);
});
