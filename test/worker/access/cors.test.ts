import { describe, expect, it } from "vitest";
import { type CorsOrigins, corsFields, parseCorsOrigins, preflightFields } from "../../../src/access/cors.ts";

const ANY: CorsOrigins = { kind: "any" };
const LIST: CorsOrigins = { kind: "list", origins: ["https://good.example", "http://localhost:3000"] };
const EXPOSED = "ETag, Content-Length, Content-Range, Accept-Ranges, Retry-After";

describe("parseCorsOrigins", () => {
  it.each<[string, CorsOrigins]>([
    ["*", ANY],
    ["https://good.example", { kind: "list", origins: ["https://good.example"] }],
    ["https://Good.Example:443/, http://localhost:3000", LIST],
    ["http://[::1]:3000", { kind: "list", origins: ["http://[::1]:3000"] }],
    ["https://bücher.example", { kind: "list", origins: ["https://xn--bcher-kva.example"] }],
  ])("reads %j", (text, expected) => {
    expect(parseCorsOrigins(text)).toEqual(expected);
  });

  it.each([
    "",
    "good.example",
    "https://good.example/path",
    "https://*.good.example",
    "null",
    "*, https://good.example",
    "https://a@good.example",
    "ftp://good.example",
    "https://good.example?x",
    "https://good.example\\evil",
    "https://good.example:99999",
    "https://",
    ",",
  ])("says what %j should be", (text) => {
    expect(parseCorsOrigins(text)).toEqual({ problem: expect.stringContaining("https://good.example") });
  });
});

describe("corsFields", () => {
  it("lets everybody read, the same for all, so that caches need no variants", () => {
    for (const requestOrigin of [null, "https://any.example"]) {
      expect(corsFields({ origins: ANY, requestOrigin })).toEqual([
        ["Access-Control-Allow-Origin", "*"],
        ["Access-Control-Expose-Headers", EXPOSED],
      ]);
    }
  });

  it("names the origin that asked, when it is in the list, and varies by it", () => {
    expect(corsFields({ origins: LIST, requestOrigin: "http://localhost:3000" })).toEqual([
      ["Access-Control-Allow-Origin", "http://localhost:3000"],
      ["Access-Control-Expose-Headers", EXPOSED],
      ["Vary", "Origin"],
    ]);
  });

  it.each([
    null,
    "null",
    "https://evil.example",
    "https://good.example.evil.tld",
    "HTTPS://good.example",
    "https://good.example:8443",
    "http://good.example",
  ])("allows nothing to %j, and varies all the same", (requestOrigin) => {
    expect(corsFields({ origins: LIST, requestOrigin })).toEqual([["Vary", "Origin"]]);
  });
});

describe("preflightFields", () => {
  it("allows to read with a range or a precondition", () => {
    expect(Object.fromEntries(preflightFields({ origins: ANY, requestOrigin: "https://any.example" }))).toEqual({
      "Access-Control-Allow-Origin": "*",
      "Access-Control-Allow-Methods": "GET, HEAD",
      "Access-Control-Allow-Headers":
        "Range, If-Match, If-None-Match, If-Modified-Since, If-Unmodified-Since, If-Range, Cache-Control, Pragma",
      "Access-Control-Max-Age": "86400",
    });
  });

  it("allows nothing to another origin", () => {
    expect(preflightFields({ origins: LIST, requestOrigin: "https://evil.example" })).toEqual([["Vary", "Origin"]]);
  });
});
