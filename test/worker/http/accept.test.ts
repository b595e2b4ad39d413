import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { preferredImageTypes, prefersHtml } from "../../../src/http/accept.ts";

describe("prefersHtml", () => {
  it.each([
    ["a browser's page", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", true],
    ["only HTML", "text/html", true],
    ["HTML in another case", "Text/HTML", true],
    ["any text", "text/*", true],
    ["HTML a little more", "application/problem+json;q=0.8, text/html;q=0.9", true],
    ["HTML and no problem", "text/html;q=0.1, application/problem+json;q=0", true],
    ["a browser's img", "image/avif,image/webp,image/apng,image/*,*/*;q=0.8", false],
    ["anything", "*/*", false],
    ["both alike", "text/html, application/problem+json", false],
    ["both alike by a wildcard", "text/html, */*", false],
    ["HTML a little less", "text/html;q=0.8, application/problem+json;q=0.9", false],
    ["HTML not at all", "text/html;q=0, */*;q=0.1", false],
    ["a range of text, but HTML not at all", "text/*, text/html;q=0", false],
    ["another type with html in its name", "application/vnd.html-like", false],
    ["nothing", "", false],
    ["no field", null, false],
  ])("%s", (_, accept, expected) => {
    expect(prefersHtml(accept)).toBe(expected);
  });

  it("takes any text, and never throws", () => {
    const range = fc.stringMatching(/^(text\/html|text\/\*|\*\/\*|a\/b|html|;|,)(;q=[0-9.a-]{0,5})?$/);
    const field = fc.oneof(
      fc.string(),
      fc.array(range, { maxLength: 6 }).map((ranges) => ranges.join(",")),
    );
    fc.assert(
      fc.property(field, (text) => {
        expect(typeof prefersHtml(text)).toBe("boolean");
      }),
      { numRuns: 3_000 },
    );
  });
});

const AVIF = "image/avif";
const WEBP = "image/webp";

/** The strings of browsers are those of https://developer.mozilla.org/docs/Web/HTTP/Content_negotiation/List_of_default_Accept_values */
describe("preferredImageTypes", () => {
  it.each<[string, string | null, string[]]>([
    ["Chrome, Edge and Opera", "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8", [AVIF, WEBP]],
    ["Chrome before AVIF", "image/webp,image/apng,image/*,*/*;q=0.8", [WEBP]],
    [
      "Chrome, for an address typed in",
      "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7",
      [AVIF, WEBP],
    ],
    [
      "Firefox, and Thunderbird's mails",
      "image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5",
      [AVIF, WEBP],
    ],
    ["Firefox 92 to 127", "image/avif,image/webp,*/*", [AVIF, WEBP]],
    ["Firefox 65 to 91", "image/webp,*/*", [WEBP]],
    ["Firefox 47 to 63", "*/*", []],
    [
      "Safari, and Apple's mails",
      "image/webp,image/avif,image/jxl,image/heic,image/heic-sequence,video/*;q=0.8,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5",
      [AVIF, WEBP],
    ],
    ["Safari before AVIF", "image/webp,image/png,image/svg+xml,image/*;q=0.8,video/*;q=0.8,*/*;q=0.5", [WEBP]],
    ["Safari before WebP", "image/png,image/svg+xml,image/*;q=0.8,video/*;q=0.8,*/*;q=0.5", []],
    ["Internet Explorer", "image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5", []],
    ["curl, wget, and old mail programs", "*/*", []],
    ["any image alone", "image/*", []],
    ["no field", null, []],
    ["an empty field", "", []],
    ["AVIF alone", "image/avif", [AVIF]],
    ["another case, and spaces", " Image/WebP ; Q=1 , IMAGE/*;q=0.8", [WEBP]],
    ["WebP more than AVIF", "image/avif;q=0.8,image/webp,image/*;q=0.5", [WEBP, AVIF]],
    ["AVIF not at all", "image/avif;q=0,image/webp,*/*", [WEBP]],
    ["AVIF by three zeros not at all", "image/avif;q=0.000,image/webp;q=0.001", [WEBP]],
    ["WebP less than anything else", "image/webp;q=0.7,*/*;q=0.8", []],
    ["WebP less than JPEG", "image/webp;q=0.7,image/jpeg,image/*;q=0.1", []],
    ["WebP less than any image, but as much as anything", "image/webp;q=0.7,image/*;q=0.8,*/*;q=0.7", []],
    ["WebP more than any image, and PNG not at all", "image/webp;q=0.9,image/*;q=0.8,image/png;q=0", [WEBP]],
    ["only types that are no images", "text/html,application/json", []],
    ["a type that begins alike", "image/webp2,image/avif-sequence", []],
  ])("%s", (_, accept, expected) => {
    expect(preferredImageTypes(accept)).toEqual(expected);
  });

  it("takes any text, gives each type at most once, and never throws", () => {
    const range = fc.stringMatching(/^(image\/avif|image\/webp|image\/\*|\*\/\*|image\/png|;|,)(;q=[0-9.a-]{0,5})?$/);
    const field = fc.oneof(
      fc.string(),
      fc.array(range, { maxLength: 6 }).map((ranges) => ranges.join(",")),
    );
    fc.assert(
      fc.property(field, (text) => {
        const types = preferredImageTypes(text);
        expect(new Set(types).size).toBe(types.length);
      }),
      { numRuns: 3_000 },
    );
  });
});
