import { beforeEach, describe, expect, it, vi } from "vitest";
import { BAD_REFERER, HOTLINK, NOW_SECONDS, PRIVATE, signed } from "../support/protection.ts";
import { createSiteWithToken } from "../support/site.ts";

const CLIENT = { "CF-Connecting-IP": "192.0.2.1" };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW_SECONDS * 1000 });
});

/** A limiter like Cloudflare's, with `limit` calls for each key. `counted` holds the keys, in order. */
function limiterOf(limit: number) {
  const counted: string[] = [];
  return {
    counted,
    limit: async ({ key }: { key: string }) => {
      counted.push(key);
      return { success: counted.filter((each) => each === key).length <= limit };
    },
  };
}

describe("one miss counts once, and a hit not at all", () => {
  it.each<[string, string, RequestInit]>([
    ["at its own address", "/cat.jpg", {}],
    ["by HEAD", "/cat.jpg", { method: "HEAD" }],
    ["a part of it", "/cat.jpg", { headers: { Range: "bytes=0-1" } }],
    ["through Images", "/cat.jpg?v=1", {}],
    ["through Images, by HEAD", "/cat.jpg?v=1", { method: "HEAD" }],
    ["in the form of B2's links", "/file/images/cat.jpg", {}],
    ["a file that is not there", "/dog.jpg", {}],
    ["a file that is not there, through Images", "/dog.jpg?v=1", {}],
  ])("%s", async (_, path, init) => {
    const limiter = limiterOf(1);
    const site = await createSiteWithToken({ ...PRIVATE, NOT_FOUND_FILE: "cat.jpg", MISS_LIMITER: limiter });
    const headers = { ...CLIENT, ...init.headers };
    for (let n = 0; n < 3; n += 1) expect((await site.browse(path, { ...init, headers })).status).not.toBe(429);
    expect(limiter.counted).toEqual(["192.0.2.1"]);
  });

  it("for all who may see a private file, at any address of it", async () => {
    const limiter = limiterOf(1);
    const site = await createSiteWithToken({ ...PRIVATE, MISS_LIMITER: limiter });
    for (const path of [await signed("/private/cat.jpg"), await signed("/private/cat.jpg", 60)])
      expect((await site.browse(path, { headers: CLIENT })).status).toBe(200);
    expect(limiter.counted).toEqual(["192.0.2.1"]);
  });
});

it.each(["/private/cat.jpg", "/%zz", "/cat.jpg"])(
  "a refusal of %s costs nothing, so it does not count",
  async (path) => {
    const limiter = limiterOf(1);
    const site = await createSiteWithToken({ ...PRIVATE, ...HOTLINK, MISS_LIMITER: limiter });
    await site.browse(path, { headers: { ...CLIENT, ...BAD_REFERER } });
    expect(limiter.counted).toEqual([]);
  },
);

describe("over the limit", () => {
  it.each<[string, () => Promise<string>]>([
    ["at its own address", async () => "/cat.jpg"],
    ["through Images", async () => "/cat.jpg?v=1"],
    ["behind a signature", () => signed("/private/cat.jpg")],
  ])("429 with Retry-After comes, is not stored, and B2 is not asked: %s", async (_, pathOf) => {
    let isOver = true;
    const site = await createSiteWithToken({ ...PRIVATE, MISS_LIMITER: { limit: async () => ({ success: !isOver }) } });
    const path = await pathOf();
    for (const response of [
      await site.visit(path, { headers: CLIENT }),
      await site.browse(path, { headers: CLIENT }),
    ]) {
      expect([response.status, response.headers.get("Retry-After")]).toEqual([429, "60"]);
      expect(response.headers.get("Cache-Control")).toBe("no-store");
      expect(await response.json()).toMatchObject({ status: 429, title: "Too Many Requests" });
    }
    expect(site.downloads()).toBe(0);
    isOver = false;
    expect((await site.browse(path, { headers: CLIENT })).status).toBe(200);
  });

  it("what is stored is still answered", async () => {
    const site = await createSiteWithToken({ ...PRIVATE, MISS_LIMITER: limiterOf(1) });
    const link = await signed("/private/cat.jpg");
    expect((await site.browse(link, { headers: CLIENT })).status).toBe(200);
    expect((await site.browse("/cat.jpg", { headers: CLIENT })).status).toBe(429);
    expect((await site.browse(link, { headers: CLIENT })).status).toBe(200);
  });

  it("others are not: by address, and by the /64 of an IPv6 address", async () => {
    const site = await createSiteWithToken({ ...PRIVATE, MISS_LIMITER: limiterOf(1) });
    const visits: [string, number][] = [
      ["2001:db8:1:2::1", 200],
      ["2001:db8:1:2:ffff:ffff:ffff:ffff", 429],
      ["2001:0DB8:0001:0002::1", 429],
      ["2001:db8:1:3::1", 200],
      ["192.0.2.1", 200],
      ["192.0.2.1", 429],
      ["192.0.2.2", 200],
    ];
    for (const [address, status] of visits) {
      const response = await site.visit("/cat.jpg", { headers: { "CF-Connecting-IP": address } });
      expect([address, response.status]).toEqual([address, status]);
    }
  });
});
