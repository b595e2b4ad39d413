import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatHttpDate, parseHttpDate } from "../../../src/http/date.ts";

const NOW = Date.UTC(2026, 10, 24);
const AN_EVENING_IN_1994 = Date.UTC(1994, 10, 6, 8, 49, 37);

describe("parseHttpDate", () => {
  it.each([
    ["IMF-fixdate", "Sun, 06 Nov 1994 08:49:37 GMT", AN_EVENING_IN_1994],
    ["RFC 850", "Sunday, 06-Nov-94 08:49:37 GMT", AN_EVENING_IN_1994],
    ["asctime", "Sun Nov  6 08:49:37 1994", AN_EVENING_IN_1994],
    ["asctime with two digits", "Wed Nov 16 08:49:37 1994", Date.UTC(1994, 10, 16, 8, 49, 37)],
    ["29 February of a leap year", "Thu, 29 Feb 2024 00:00:00 GMT", Date.UTC(2024, 1, 29)],
    ["a leap second", "Fri, 30 Dec 2016 23:59:60 GMT", Date.UTC(2016, 11, 31)],
    ["a wrong name of the day", "Mon, 06 Nov 1994 08:49:37 GMT", AN_EVENING_IN_1994],
    ["two digits at most 50 years ahead", "Sunday, 06-Nov-76 08:49:37 GMT", Date.UTC(2076, 10, 6, 8, 49, 37)],
    ["two digits more than 50 years ahead", "Sunday, 06-Nov-77 08:49:37 GMT", Date.UTC(1977, 10, 6, 8, 49, 37)],
    ["the year 0001", "Mon, 01 Jan 0001 00:00:00 GMT", -62135596800000],
  ])("reads %s", (_, text, expected) => {
    expect(parseHttpDate(text, NOW)).toBe(expected);
  });

  it.each([
    "",
    "now",
    "1994-11-06T08:49:37Z",
    "Sun, 06 Nov 1994 08:49:37",
    "Sun, 06 Nov 1994 08:49:37 UTC",
    "Sun, 06 Nov 1994 08:49:37 +0000",
    "sun, 06 nov 1994 08:49:37 gmt",
    "Sun, 6 Nov 1994 08:49:37 GMT",
    "Sun,  06 Nov 1994 08:49:37 GMT",
    "Sun, 06 Nov 94 08:49:37 GMT",
    "Sun, 31 Nov 1994 08:49:37 GMT",
    "Sun, 30 Feb 2024 00:00:00 GMT",
    "Sun, 29 Feb 2023 00:00:00 GMT",
    "Sun, 00 Nov 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 24:00:00 GMT",
    "Sun, 06 Nov 1994 08:60:37 GMT",
    "Sun, 06 Nov 1994 08:49:61 GMT",
    "Sun, 06-Nov-94 08:49:37 GMT",
    "Sunday, 06-Nov-1994 08:49:37 GMT",
    "Sun Nov 6 08:49:37 1994",
    "Sun Nov  6 08:49:37 1994 GMT",
    " Sun, 06 Nov 1994 08:49:37 GMT",
  ])("ignores %j", (text) => {
    expect(parseHttpDate(text, NOW)).toBeUndefined();
  });

  it("reads what formatHttpDate writes", () => {
    const seconds = fc.integer({ min: -62_135_596_800, max: 253_402_300_799 });
    fc.assert(
      fc.property(seconds, (at) => {
        expect(parseHttpDate(formatHttpDate(at * 1000), NOW)).toBe(at * 1000);
      }),
      { numRuns: 2_000 },
    );
  });

  it("reads any text or not, and never throws", () => {
    const text = fc.oneof(
      fc.string(),
      fc.stringMatching(/^[A-Z][a-z]{2,8},? [0-9]{2}[ -][A-Z][a-z]{2}[ -][0-9]{2,4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT$/),
    );
    fc.assert(
      fc.property(text, (any) => {
        const at = parseHttpDate(any, NOW);
        expect(at === undefined || Number.isInteger(at)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});
