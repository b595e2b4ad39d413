import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseRefererRules, type RefererRule, refererAllowed } from "../../../src/access/referer.ts";

function rulesOf(text: string): RefererRule[] {
  const rules = parseRefererRules(text);
  if ("problem" in rules) throw new Error(rules.problem);
  return rules;
}

const RULES = rulesOf("good.example, *.wild.example bücher.example:8080 Upper.Example.");

function allowed(referer: string | null, allowEmpty = false): boolean {
  return refererAllowed({ referer, ownHost: "image.example.com", rules: RULES, allowEmpty });
}

describe("lets through", () => {
  it.each([
    "https://good.example/",
    "https://good.example",
    "http://good.example/page?x=https://evil.example/",
    "https://good.example:8443/",
    "https://GOOD.example/",
    "https://good.example./",
    "https://a.wild.example/",
    "https://a.b.wild.example/",
    "https://bücher.example/",
    "https://xn--bcher-kva.example/",
    "https://upper.example/",
    "https://user@good.example/",
    "https://good。example/",
    "https://ＧＯＯＤ.example/",
    "https://good%2Eexample/",
    "https://image.example.com/gallery.html",
    "https://IMAGE.example.com./",
    "http://image.example.com:8787/",
  ])("%s", (referer) => {
    expect(allowed(referer)).toBe(true);
  });
});

describe("refuses", () => {
  it.each([
    "https://evil.tld/",
    "https://good.example.evil.tld/",
    "https://evil.tld/?https://good.example/",
    "https://evil.tld/#https://good.example/",
    "https://evil.tld/good.example",
    "https://good.example@evil.tld/",
    "https://good.example:x@evil.tld/",
    "https://good.example\\@evil.tld/".replace("good.example\\", "evil.tld\\"),
    "https://good.example..evil.tld/",
    "https://good.example../",
    "https://good.example\u0000.evil.tld/",
    "https://evil.tld%2F.good.example/",
    "https://gооd.example/",
    "blob:https://good.example/1",
    "view-source:https://good.example/",
    "notgood.example",
    "https://notgood.example/",
    "https://sub.good.example/",
    "https://wild.example/",
    "https://evilwild.example/",
    "https://wild.example.evil.tld/",
    "https://image.example.com.evil.tld/",
    "null",
    "about:blank",
    "good.example",
    "//good.example/",
    "data:text/html,https://good.example/",
    "javascript:https://good.example/",
    "ftp://good.example/",
    "https://",
    "https://good.example ,evil.tld/".replace("good.example ", "evil.tld"),
  ])("%s", (referer) => {
    expect(allowed(referer)).toBe(false);
    expect(allowed(referer, true)).toBe(false);
  });
});

it.each([
  [null, true],
  ["", true],
])("a request with Referer %j passes when ALLOW_EMPTY_REFERER says so", (referer, expected) => {
  expect(allowed(referer, true)).toBe(expected);
  expect(allowed(referer, false)).toBe(false);
});

it("never lets through a host that is not in the list, whatever stands around it", () => {
  const text = fc.oneof(
    fc.string(),
    fc.webUrl(),
    fc.constantFrom("good.example", "https://good.example/", "@good.example", "?good.example", "#good.example"),
  );
  fc.assert(
    fc.property(fc.domain(), text, (host, after) => {
      const referer = `https://${host}${after.startsWith("@") || after.startsWith(".") || after.startsWith(":") ? "/" : ""}/${after}`;
      const inList = host === "good.example" || host.endsWith(".wild.example");
      if (!inList) expect(allowed(referer)).toBe(false);
    }),
    { numRuns: 1_000 },
  );
});

it("lets only its own site through when it is an address of IPv6, or a rule is", () => {
  const asked = { ownHost: "[2001:db8::1]", rules: rulesOf("[::1]:8443"), allowEmpty: false };
  for (const [referer, expected] of [
    ["http://[2001:db8::1]:8787/", true],
    ["http://[2001:DB8:0::1]/", true],
    ["http://[::1]/", true],
    ["http://[2001:db8::2]/", false],
    ["http://[::2]/", false],
  ] as const) {
    expect([referer, refererAllowed({ ...asked, referer })]).toEqual([referer, expected]);
  }
});

describe("parseRefererRules says what to write instead of", () => {
  it.each([
    ["https://good.example", "entry 1 is a URL: write its host alone"],
    ["http://good.example/", "entry 1 is a URL: write its host alone"],
    ["good.example/path", "entry 1 is a URL: write its host alone"],
    ["*good.example", "entry 1 is none"],
    ["*", "hosts such as"],
    ["*.", "hosts such as"],
    ["a.*.example", "hosts such as"],
    ["good.example, https://x.example", "entry 2 is a URL: write its host alone"],
    ["user@good.example", "hosts such as"],
    ["https://user:password@good.example/", "entry 1 is a URL: write its host alone"],
    ["https://*.good.example/", "entry 1 is a URL: write its host alone"],
    ["HTTPS://Good.Example:8443/page", "entry 1 is a URL: write its host alone"],
    ["//good.example/", "hosts such as"],
    ["::1", "hosts such as"],
    ["good.example:port", "hosts such as"],
    [".", "hosts such as"],
    ["*..", "hosts such as"],
    ["good..example", "hosts such as"],
    ["good.example\\", "hosts such as"],
    ["good.example;shop.example", "with commas between them"],
    ['"good.example"', "with commas between them"],
    ["“good.example”", "with commas between them"],
    ["good.example、shop.example", "with commas between them"],
    ["{good.example}", "with commas between them"],
    [",", "at least one"],
  ])("%s", (text, expected) => {
    expect(parseRefererRules(text)).toEqual({ problem: expect.stringContaining(expected) });
    // Anybody can read the problem at /-/health.
    expect(JSON.stringify(parseRefererRules(text))).not.toMatch(/x\.example|password|shop/);
  });
});
