import { describe, expect, it } from "vitest";
import { clientKey, overLimit } from "../../../src/access/limiter.ts";

describe("clientKey", () => {
  it.each([
    ["192.0.2.1", "192.0.2.1"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:0DB8:0001:0002::", "2001:db8:1:2::/64"],
    ["2001:db8:1:2::9", "2001:db8:1:2::/64"],
    ["2001:db8::9", "2001:db8:0:0::/64"],
    ["2001:db8:0:0:1::9", "2001:db8:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["::", "0:0:0:0::/64"],
    ["fe80::1:2:3:4", "fe80:0:0:0::/64"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["::FFFF:192.0.2.1", "192.0.2.1"],
  ])("of %s is %s", (address, key) => {
    expect(clientKey(address)).toBe(key);
  });
});

describe("overLimit", () => {
  const limiterOf = (limit: () => Promise<{ success: boolean }>) => ({ limit });

  it.each([
    [true, false],
    [false, true],
  ])("with success %j is %j", async (success, expected) => {
    expect(
      await overLimit(
        limiterOf(async () => ({ success })),
        "192.0.2.1",
      ),
    ).toBe(expected);
  });

  it("lets everybody through when the limiter fails", async () => {
    const failing = limiterOf(async () => {
      throw new Error("no limiter");
    });
    expect(await overLimit(failing, "192.0.2.1")).toBe(false);
  });

  it.each([null, "", "127.0.0.1", "::1", "::ffff:127.0.0.1"])(
    "does not count a request from %j: only a local one has none, or a loopback one",
    async (address) => {
      expect(
        await overLimit(
          limiterOf(async () => ({ success: false })),
          address,
        ),
      ).toBe(false);
    },
  );
});
