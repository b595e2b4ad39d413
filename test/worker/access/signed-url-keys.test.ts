import { describe, expect, it } from "vitest";
import { parseSigningKeys } from "../../../src/access/signed-url.ts";

describe("parseSigningKeys", () => {
  it("reads several, the first of which signs", () => {
    expect(parseSigningKeys("k1:0123456789abcdef, k0:fedcba9876543210:with:colons")).toEqual([
      { id: "k1", secret: "0123456789abcdef" },
      { id: "k0", secret: "fedcba9876543210:with:colons" },
    ]);
  });

  it.each([
    "",
    "k1",
    "k1:",
    "k1:short",
    ":0123456789abcdef",
    "k 1:0123456789abcdef",
    "k1:0123456789abcdef,k1:0123456789abcdef",
    "k1:0123456789abcdef,,",
    `${"x".repeat(33)}:0123456789abcdef`,
  ])("refuses %j, and never repeats it", (text) => {
    const keys = parseSigningKeys(text);
    expect(keys).toEqual({ problem: expect.stringContaining("id:secret") });
    expect(JSON.stringify(keys)).not.toContain("0123456789");
  });
});
