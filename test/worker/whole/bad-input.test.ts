import fc from "fast-check";
import { expect, it } from "vitest";
import { campaign } from "../../campaign.ts";
import { checkName, decodeName } from "../../local-b2/b2/file-names.ts";
import { createSite } from "../support/site.ts";

const segment = fc.oneof(
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }).map(encodeURIComponent),
  fc.string({ unit: "binary-ascii", maxLength: 20 }),
  fc.stringMatching(/^[%0-9A-Fa-f.+&=~\\]{0,30}$/),
  fc.constantFrom(
    "cat.jpg",
    "file",
    "images",
    ".",
    "..",
    "%2e%2e",
    "%2F",
    "%00",
    "%ff",
    "%C3%28",
    "-",
    "",
    "x".repeat(251),
  ),
);
/** A fragment never leaves the browser. */
const path = fc.array(segment, { maxLength: 5 }).map((segments) => `/${segments.join("/").replaceAll("#", "")}`);
const dates = fc.oneof(
  fc.string({ unit: "binary-ascii" }),
  fc.constantFrom("Tue, 24 Nov 2026 12:00:00 GMT", "Sun, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"),
);
const tags = fc.oneof(fc.string({ unit: "binary-ascii" }), fc.constantFrom("*", '"a"', 'W/"a"', '"a", "b"', '"', "W/"));
const fields = fc.record(
  {
    Range: fc.oneof(fc.string({ unit: "binary-ascii" }), fc.stringMatching(/^bytes=[0-9,-]{0,12}$/)),
    Accept: fc.oneof(fc.string({ unit: "binary-ascii" }), fc.stringMatching(/^(text\/html|\*\/\*)(;q=[0-9.]{0,4})?$/)),
    "If-None-Match": tags,
    "If-Match": tags,
    "If-Range": fc.oneof(tags, dates),
    "If-Modified-Since": dates,
    "If-Unmodified-Since": dates,
    Origin: fc.oneof(fc.webUrl(), fc.string({ unit: "binary-ascii" })),
    Referer: fc.oneof(fc.webUrl(), fc.string({ unit: "binary-ascii" })),
  },
  { requiredKeys: [] },
);

it("any request is answered, without a fault of ours, and B2 is only asked for names that can exist", {
  timeout: 60_000,
}, async () => {
  const site = createSite({ INDEX_FILE: "index.html" });
  // Then it has its token, and what it asks B2 for is what visitors ask it for.
  await site.visit();
  const property = fc.asyncProperty(
    path,
    fc.constantFrom("", "?", "?x=1", "?preset=a&sig=b"),
    fields,
    async (rawPath, query, given) => {
      const url = `https://image.example.com${rawPath}${query}`;
      const headers = headersOf(given);
      fc.pre(URL.canParse(url) && headers !== undefined);
      site.b2.requests.length = 0;
      const response = await site.visit(rawPath + query, { headers: headers ?? {} });
      await response.arrayBuffer();
      expect(response.status).toBeLessThan(500);
      for (const request of site.b2.requests) {
        expect(segmentsAskedFor(request.path)).toEqual(segmentsMeant(new URL(url).pathname));
      }
      if (response.status === 400) expect(site.b2.requests).toEqual([]);
    },
  );
  await fc.assert(property, { numRuns: campaign(20_000) });
});

function headersOf(given: Record<string, string>): Headers | undefined {
  try {
    return new Headers(given);
  } catch {
    return undefined;
  }
}

/** The segments that B2 reads in the URL that reached it. Throws for a name that cannot exist. */
function segmentsAskedFor(rawPath: string): string[] {
  const name = rawPath.slice("/file/images/".length);
  checkName(decodeName(name));
  return name.split("/").map(decodeName);
}

/** The segments that the visitor's URL means: a plus is a space in the form of B2's links alone. */
function segmentsMeant(pathname: string): string[] {
  const linked = /^\/file\/images\/(.*)$/s.exec(pathname);
  const segments =
    linked === null
      ? pathname.slice(1).split("/").map(decodeURIComponent)
      : (linked[1] ?? "").split("/").map(decodeName);
  return segments.at(-1) === "" ? [...segments.slice(0, -1), "index.html"] : segments;
}
