import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluatePreconditions, ifRangeHolds, type Validators } from "../../../src/http/conditional.ts";
import { formatHttpDate } from "../../../src/http/date.ts";

const AT = Date.UTC(2026, 10, 24, 12);
const NOW = AT + 3_600_000;
const VALIDATORS: Validators = { etag: '"v1"', lastModifiedAt: AT };
const THEN = formatHttpDate(AT);
const BEFORE = formatHttpDate(AT - 1000);
const AFTER = formatHttpDate(AT + 1000);

type Row = [name: string, fields: Record<string, string>, expected: string];

describe("evaluatePreconditions", () => {
  it.each<Row>([
    ["no precondition", {}, "proceed"],
    ["If-None-Match: the same", { "If-None-Match": '"v1"' }, "not-modified"],
    ["If-None-Match: the same, weak", { "If-None-Match": 'W/"v1"' }, "not-modified"],
    ["If-None-Match: another", { "If-None-Match": '"v2"' }, "proceed"],
    ["If-None-Match: *", { "If-None-Match": "*" }, "not-modified"],
    ["If-None-Match: a list", { "If-None-Match": '"v0", W/"v1" ,"v2"' }, "not-modified"],
    ["If-None-Match: a list with a comma inside", { "If-None-Match": '"a,b","v1"' }, "not-modified"],
    ["If-None-Match: a list of others", { "If-None-Match": '"v0","v2"' }, "proceed"],
    ["If-None-Match: empty members", { "If-None-Match": ',, "v1",' }, "not-modified"],
    ["If-None-Match: without quotes", { "If-None-Match": "v1" }, "proceed"],
    ["If-None-Match: malformed after the same", { "If-None-Match": '"v1" "v2"' }, "proceed"],
    ["If-None-Match: another case", { "If-None-Match": '"V1"' }, "proceed"],
    ["If-Modified-Since: then", { "If-Modified-Since": THEN }, "not-modified"],
    ["If-Modified-Since: later", { "If-Modified-Since": AFTER }, "not-modified"],
    ["If-Modified-Since: before", { "If-Modified-Since": BEFORE }, "proceed"],
    ["If-Modified-Since: malformed", { "If-Modified-Since": "yesterday" }, "proceed"],
    ["If-None-Match before If-Modified-Since", { "If-None-Match": '"v2"', "If-Modified-Since": THEN }, "proceed"],
    ["If-Match: the same", { "If-Match": '"v1"' }, "proceed"],
    ["If-Match: the same, weak: compared strongly", { "If-Match": 'W/"v1"' }, "precondition-failed"],
    ["If-Match: another", { "If-Match": '"v2"' }, "precondition-failed"],
    ["If-Match: *", { "If-Match": "*" }, "proceed"],
    ["If-Match: a list", { "If-Match": '"v0", "v1"' }, "proceed"],
    ["If-Match: malformed", { "If-Match": "v1" }, "precondition-failed"],
    ["If-Unmodified-Since: then", { "If-Unmodified-Since": THEN }, "proceed"],
    ["If-Unmodified-Since: before", { "If-Unmodified-Since": BEFORE }, "precondition-failed"],
    ["If-Unmodified-Since: malformed", { "If-Unmodified-Since": "yesterday" }, "proceed"],
    ["If-Match before If-Unmodified-Since", { "If-Match": '"v1"', "If-Unmodified-Since": BEFORE }, "proceed"],
    ["If-Match before If-None-Match", { "If-Match": '"v2"', "If-None-Match": '"v1"' }, "precondition-failed"],
    ["If-Match holds, then If-None-Match", { "If-Match": '"v1"', "If-None-Match": '"v1"' }, "not-modified"],
    [
      "If-Unmodified-Since holds, then If-Modified-Since",
      { "If-Unmodified-Since": THEN, "If-Modified-Since": THEN },
      "not-modified",
    ],
  ])("%s", (_, fields, expected) => {
    expect(evaluatePreconditions(new Headers(fields), VALIDATORS, NOW)).toBe(expected);
  });

  it("ignores dates when there is no Last-Modified", () => {
    const undated = { etag: '"v1"', lastModifiedAt: undefined };
    const fields = new Headers({ "If-Modified-Since": AFTER, "If-Unmodified-Since": BEFORE });
    expect(evaluatePreconditions(fields, undated, NOW)).toBe("proceed");
  });

  it("does what RFC 9110 §13.2.2 says, for any fields", () => {
    const tags = fc.option(fc.constantFrom("*", '"v1"', 'W/"v1"', '"v2"', '"v2", "v1"', "v1", ""), { nil: undefined });
    const dates = fc.option(fc.constantFrom(THEN, BEFORE, AFTER, "x"), { nil: undefined });
    fc.assert(
      fc.property(tags, dates, tags, dates, (match, unmodified, noneMatch, modified) => {
        const fields = new Headers();
        if (match !== undefined) fields.set("If-Match", match);
        if (unmodified !== undefined) fields.set("If-Unmodified-Since", unmodified);
        if (noneMatch !== undefined) fields.set("If-None-Match", noneMatch);
        if (modified !== undefined) fields.set("If-Modified-Since", modified);
        expect(evaluatePreconditions(fields, VALIDATORS, NOW)).toBe(expectedOf(match, unmodified, noneMatch, modified));
      }),
      { numRuns: 3_000 },
    );
  });
});

/** The steps of §13.2.2, written out by hand. */
function expectedOf(match?: string, unmodified?: string, noneMatch?: string, modified?: string): string {
  const strong = ["*", '"v1"', '"v2", "v1"'];
  const weak = [...strong, 'W/"v1"'];
  if (match !== undefined && !strong.includes(match)) return "precondition-failed";
  if (match === undefined && unmodified === BEFORE) return "precondition-failed";
  if (noneMatch !== undefined) return weak.includes(noneMatch) ? "not-modified" : "proceed";
  return modified === THEN || modified === AFTER ? "not-modified" : "proceed";
}

describe("ifRangeHolds", () => {
  it.each([
    ["the same entity tag", '"v1"', true],
    ["a weak one", 'W/"v1"', false],
    ["another one", '"v2"', false],
    ["a list", '"v1", "v2"', false],
    ["the date of Last-Modified", THEN, true],
    ["that date in the form of RFC 850", "Tuesday, 24-Nov-26 12:00:00 GMT", true],
    ["a later date", AFTER, false],
    ["an earlier date", BEFORE, false],
    ["neither", "v1", false],
    ["*", "*", false],
  ])("%s", (_, field, expected) => {
    expect(ifRangeHolds(field, VALIDATORS, NOW)).toBe(expected);
  });

  it("never for a weak entity tag of the representation", () => {
    expect(ifRangeHolds('W/"v1"', { etag: 'W/"v1"', lastModifiedAt: AT }, NOW)).toBe(false);
  });
});
