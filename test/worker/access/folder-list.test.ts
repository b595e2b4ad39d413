import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseFolderList } from "../../../src/access/folder-list.ts";
import { isPrivate } from "../../../src/access/private-prefix.ts";

describe("parseFolderList reads", () => {
  it.each<[string | string[], string[]]>([
    ["private", ["private"]],
    ["private/", ["private"]],
    ["/private/, clients/2026 ,", ["private", "clients/2026"]],
    [",private,,", ["private"]],
    ["private\nclients/2026\r\n  山\n", ["private", "clients/2026", "山"]],
    ["red%20cats, 山", ["red cats", "山"]],
    ["painter%27s, a%3Bb, %5Bold%5D", ["painter's", "a;b", "[old]"]],
    ["100%", ["100%"]],
    ["100%wool", ["100%wool"]],
    ["100%25", ["100%"]],
    ["caf%C3%A9", ["caf\u00e9"]],
    ["cafe\u0301/", ["caf\u00e9"]],
    ["a+b&c=d(1)~$@!", ["a+b&c=d(1)~$@!"]],
    ["❤️, 👍🏽", ["❤️", "👍🏽"]],
    [
      ["red cats", " /private/ "],
      ["red cats", "private"],
    ],
    [["red, blue"], ["red, blue"]],
    [["red%20cats", ""], ["red cats"]],
  ])("%j", (given, expected) => {
    expect(parseFolderList(given)).toEqual(expected);
  });
});

describe("parseFolderList refuses", () => {
  it.each<[string, string | string[], string]>([
    ["a space, and names both readings", "client work", "entry 1 has a space: red%20cats is one folder, and red, cats"],
    ["a space in a later entry", "private, client work", "entry 2 has a space"],
    ["a tab", "a\tb", "has a space"],
    ["a space that does not break", "client\u00a0work", "has a space"],
    ["a wide space", "client\u3000work", "has a space"],
    ["a semicolon", "private;clients", "entry 1 has one of"],
    ["a bar", "private|clients", "has one of"],
    ["a colon", "private:clients", "has one of"],
    ["a wide comma", "private，clients", "has one of"],
    ["an enumeration comma", "private、clients", "has one of"],
    ["quotes", '"private"', "has one of"],
    ["single quotes", "'private'", "has one of"],
    ["backquotes", "`private`", "has one of"],
    ["curly quotes", "“private”", "has one of"],
    ["low quotes", "„private‟", "has one of"],
    ["an array as text", '["private"]', "has one of"],
    ["an array as text without quotes", "[private]", "has one of"],
    ["a pattern", "private/*", "has one of"],
    ["everything", "*", "has one of"],
    ["a query", "private?x", "has one of"],
    ["a backslash", "a\\b", "has one of"],
    ["a whole address", "https://image.example.com/private", "has one of"],
    ["a zero-width space", "pri\u200bvate", "invisible"],
    ["a soft hyphen", "pri\u00advate", "invisible"],
    ["a mark of direction", "\u200eprivate", "invisible"],
    ["the root", "/", "not a folder"],
    ["nothing between commas", ",", "at least one"],
    ["the root after nothing", ",/", "not a folder"],
    ["two slashes", "//", "not a folder"],
    ["two slashes at the end", "/private//", "not a folder"],
    ["the root after a folder", "private,/", "entry 2 is not a folder"],
    ["an empty part", "a//b", "not a folder"],
    ["dots", "a/../b", "not a folder"],
    ["only dots", "..", "not a folder"],
    ["one dot", ".", "not a folder"],
    ["encoded dots", "%2e%2e/private", "not a folder"],
    ["an encoded slash", "a%2Fb", "not a folder"],
    ["an encoded control character", "a%0Ab", "not a folder"],
    ["half a letter", "caf%C3", "not a folder"],
    ["a control character", "a\u0007b", "not a folder"],
    ["a segment that is too long", "x".repeat(251), "longer"],
    ["an empty array", [], "at least one"],
    ["an array of nothing", ["", " "], "at least one"],
    ["a semicolon in an array", ["private;clients"], "has one of"],
    ["a quote in an array", ["private", "painter's"], "entry 2 has one of"],
    ["a line end in an array", ["a\nb"], "not a folder"],
  ])("%s", (_, given, why) => {
    const result = parseFolderList(given);
    expect(result).toEqual({ problem: expect.stringContaining(why) });
    expect(result).toEqual({ problem: expect.stringContaining("such as private, clients/2026") });
  });
});

it("never quotes an entry: a problem may be read by everybody", () => {
  for (const given of ["secret client", "secret;client", "secret//client", "secret\u200bclient", "secret%2Fclient"])
    expect(JSON.stringify(parseFolderList(given))).not.toMatch(/secret|client\b(?!s)/);
});

/** The parser as it was before lists became strict. */
function oldRule(text: string): string[] | undefined {
  const parts = text.split(",").map((part) => part.trim());
  const prefixes = parts.filter((part) => part !== "").map((part) => part.replace(/^\/|\/$/g, "").normalize("NFC"));
  const noFolder = /(?:^|\/)\.{0,2}(?:\/|$)|[*\\]|\p{Cc}|%[0-9a-f]{2}/iu;
  return prefixes.length === 0 || prefixes.some((prefix) => noFolder.test(prefix)) ? undefined : prefixes;
}

it("protects the same paths as before with every value that was taken, or refuses it", () => {
  const piece = fc.oneof(
    fc.constantFrom(...["private", "/", ",", " ", "%", "%2", "é", "e\u0301", ".", "a", "+", "~", "'", ";", "\u200b"]),
    fc.string({ unit: "grapheme", maxLength: 3 }),
  );
  const value = fc.array(piece, { minLength: 1, maxLength: 8 }).map((pieces) => pieces.join(""));
  let compared = 0;
  fc.assert(
    fc.property(value, (text) => {
      const before = oldRule(text);
      const now = parseFolderList(text);
      if (before === undefined || "problem" in now) return;
      compared += 1;
      expect(now).toEqual(before);
      for (const folder of before) {
        const path = `${folder}/cat.jpg`;
        expect(isPrivate(path, { privatePrefixes: now, fileNamePrefix: "" })).toBe(true);
      }
    }),
    { numRuns: 5_000 },
  );
  expect(compared).toBeGreaterThan(500);
});
