import { describe, expect, it } from "vitest";
import { isListed, parseListedPrefixes } from "../../../src/access/listed-prefix.ts";

describe("parseListedPrefixes", () => {
  it.each<[string | string[], string[]]>([
    ["photos", ["photos"]],
    ["/photos/, trips/2026/", ["photos", "trips/2026"]],
    ["photos\ntrips", ["photos", "trips"]],
    [["red cats"], ["red cats"]],
    ["/", [""]],
    ["/,", [""]],
    [["/"], [""]],
    ["/, photos", [""]],
    ["cafe\u0301", ["caf\u00e9"]],
  ])("reads %j", (given, expected) => {
    expect(parseListedPrefixes(given)).toEqual(expected);
  });

  it.each<[string | string[]]>([
    ["//"],
    [","],
    ["*"],
    ["/*"],
    ["photos/../private"],
    ["/, a\\b"],
    ["photos trips"],
    [["/", "a;b"]],
    [[]],
    ["https://image.example.com/"],
  ])("refuses %j", (given) => {
    expect(parseListedPrefixes(given)).toEqual({ problem: expect.stringContaining("or / for every folder") });
  });
});

it.each([
  ["photos/", ["photos"], true],
  ["photos/2026/", ["photos"], true],
  ["photosynthesis/", ["photos"], false],
  ["", ["photos"], false],
  ["", [""], true],
  ["any/thing/", [""], true],
  ["photos/", [], false],
  ["caf\u00e9/", ["caf\u00e9"], true],
  ["cafe\u0301/", ["caf\u00e9"], true],
  ["photos/.git/", ["photos"], false],
  [".git/objects/", [""], false],
])("%j with %j is listed: %j", (folder, prefixes, expected) => {
  expect(isListed(folder, prefixes)).toBe(expected);
});
