import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { prefersHtml } from "../../../src/http/accept.ts";

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
