import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatRange, parseRange, type RangeRequest, resolveRange } from "../../../src/http/range.ts";

describe("parseRange", () => {
  it.each<[string, RangeRequest]>([
    ["bytes=0-9", { kind: "bytes", first: 0, last: 9 }],
    ["bytes=5-5", { kind: "bytes", first: 5, last: 5 }],
    ["bytes=5-", { kind: "bytes", first: 5, last: undefined }],
    ["bytes=-5", { kind: "suffix", length: 5 }],
    ["bytes=-0", { kind: "suffix", length: 0 }],
    ["BYTES=0-9", { kind: "bytes", first: 0, last: 9 }],
    ["bytes= 0-9", { kind: "bytes", first: 0, last: 9 }],
    ["bytes=,0-9,", { kind: "bytes", first: 0, last: 9 }],
    ["bytes=007-009", { kind: "bytes", first: 7, last: 9 }],
    ["bytes=0-99999999999999999999999", { kind: "bytes", first: 0, last: Number.MAX_SAFE_INTEGER }],
  ])("reads %j", (field, expected) => {
    expect(parseRange(field)).toEqual(expected);
  });

  it.each([
    null,
    "",
    "bytes",
    "bytes=",
    "bytes=-",
    "bytes=9-0",
    "bytes=a-b",
    "bytes=0-1,3-4",
    "bytes=0-1, -1",
    "lines=0-9",
    "bytes 0-9",
    "bytes=0 - 9",
    "bytes=+0-9",
    "bytes=0x1-9",
    "bytes=1.5-9",
    "bytes:0-9",
  ])("takes %j for the whole", (field) => {
    expect(parseRange(field)).toBeUndefined();
  });

  it("takes any text for a range or for the whole, and what it sends on is read as the same", () => {
    const field = fc.oneof(fc.string(), fc.stringMatching(/^bytes=[0-9]{0,20}-[0-9]{0,20}(,[0-9]*-[0-9]*)?$/));
    fc.assert(
      fc.property(field, (text) => {
        const range = parseRange(text);
        const sent = formatRange(range);
        if (sent !== undefined) expect(parseRange(sent)).toEqual(range);
        else expect(range === undefined || (range.kind === "suffix" && range.length === 0)).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe("resolveRange", () => {
  it.each<[RangeRequest, number, ReturnType<typeof resolveRange>]>([
    [{ kind: "bytes", first: 0, last: 0 }, 10, { first: 0, last: 0 }],
    [{ kind: "bytes", first: 0, last: undefined }, 10, { first: 0, last: 9 }],
    [{ kind: "bytes", first: 9, last: 99 }, 10, { first: 9, last: 9 }],
    [{ kind: "bytes", first: 10, last: 10 }, 10, "unsatisfiable"],
    [{ kind: "bytes", first: 0, last: 0 }, 0, "unsatisfiable"],
    [{ kind: "suffix", length: 3 }, 10, { first: 7, last: 9 }],
    [{ kind: "suffix", length: 99 }, 10, { first: 0, last: 9 }],
    [{ kind: "suffix", length: 0 }, 10, "unsatisfiable"],
    [{ kind: "suffix", length: 1 }, 0, "unsatisfiable"],
  ])("%j of %i bytes", (range, completeLength, expected) => {
    expect(resolveRange(range, completeLength)).toEqual(expected);
  });

  it("means the bytes that counting them one by one means", () => {
    const number = fc.integer({ min: 0, max: 30 });
    fc.assert(
      fc.property(
        number,
        number,
        fc.option(number, { nil: undefined }),
        fc.boolean(),
        (completeLength, first, last, isSuffix) => {
          if (!isSuffix && last !== undefined && last < first) return;
          const range: RangeRequest = isSuffix ? { kind: "suffix", length: first } : { kind: "bytes", first, last };
          const all = Array.from({ length: completeLength }, (_, index) => index);
          const meant = all.filter((at) =>
            isSuffix ? at >= completeLength - first : at >= first && at <= (last ?? at),
          );
          const expected = meant.length === 0 ? "unsatisfiable" : { first: meant.at(0), last: meant.at(-1) };
          expect(resolveRange(range, completeLength)).toEqual(expected);
        },
      ),
      { numRuns: 3_000 },
    );
  });
});
