import { beforeEach, describe, expect, it, vi } from "vitest";
import { contentOf } from "./support/content-of.ts";
import { NOW_SECONDS, PRIVATE, signed, snapshot } from "./support/protection.ts";
import { createSite, createSiteWithToken } from "./support/site.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW_SECONDS * 1000 });
});

describe("a private file", () => {
  it("opens with its own signature", async () => {
    const site = await createSiteWithToken(PRIVATE);
    expect(await contentOf(await site.browse(await signed("/private/cat.jpg")))).toBe("a cat at home");
  });

  it("is refused in one form, whether the signature is missing, wrong or expired, and whether the file exists", async () => {
    const site = await createSiteWithToken(PRIVATE);
    const good = await signed("/private/cat.jpg");
    const paths = [
      "/private/cat.jpg",
      "/private/nothing.jpg",
      "/private",
      "/private/",
      `${good}x`,
      good.replace("kid=k1", "kid=k2"),
      good.replace(/exp=\d+/, `exp=${NOW_SECONDS + 7200}`),
      `${good}&exp=${NOW_SECONDS + 7200}`,
      good.replace("/private/cat.jpg", "/private/nothing.jpg"),
      await signed("/private/cat.jpg", -1),
      (await signed("/cat.jpg")).replace("/cat.jpg", "/private/cat.jpg"),
    ];
    const answers = await Promise.all(paths.map(async (path) => await snapshot(await site.browse(path))));
    expect(answers[0]).toMatchObject({ status: 403 });
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(site.downloads()).toBe(0);
  });

  it.each([
    "/%70rivate/cat.jpg",
    "/file/images/private/cat.jpg",
    "/private/%63at.jpg",
    "/private/cat.jpg?private",
    "/Private/../private/cat.jpg",
  ])("cannot be had by %s", async (path) => {
    const site = await createSiteWithToken(PRIVATE);
    expect([400, 403]).toContain((await site.browse(path)).status);
    expect(site.downloads()).toBe(0);
  });

  it("is fetched from B2 once for all who may see it, and stays 403 for the others, whoever comes first", async () => {
    const site = await createSiteWithToken(PRIVATE);
    const good = await signed("/private/cat.jpg");
    for (const path of [good, "/private/cat.jpg", await signed("/private/cat.jpg", 60), "/private/cat.jpg?x=1", good]) {
      expect((await site.browse(path)).status).toBe(path.includes("sig=") ? 200 : 403);
    }
    expect(site.downloads()).toBe(1);
  });

  it("is kept by a browser no longer than the signature lives, and by no cache in front of the check", async () => {
    const site = await createSiteWithToken(PRIVATE);
    const response = await site.visit(await signed("/private/cat.jpg", 90));
    expect(response.headers.get("Cache-Control")).toBe("private, max-age=90");
    expect(response.headers.get("Cloudflare-CDN-Cache-Control")).toBe("no-store");
    const path = await signed("/private/cat.jpg", 90);
    expect((await site.browse(path)).status).toBe(200);
    site.advance(90);
    expect((await site.browse(path)).status).toBe(403);
  });

  it("answers a range and a precondition behind the check", async () => {
    const site = await createSiteWithToken(PRIVATE);
    const path = await signed("/private/cat.jpg");
    expect(await contentOf(await site.visit(path, { headers: { Range: "bytes=2-4" } }))).toBe("cat");
    const etag = (await site.visit(path)).headers.get("ETag") ?? "";
    const notModified = await site.visit(path, { headers: { "If-None-Match": etag } });
    expect([notModified.status, notModified.headers.get("Cache-Control")]).toEqual([304, "private, max-age=3600"]);
  });
});

describe("Images", () => {
  it.each([
    ["by path", "/Images/private/cat.jpg", {}],
    ["by path, like an entrypoint", "/-/Images/private/cat.jpg", {}],
    [
      "by field",
      "/private/cat.jpg",
      { "X-Client-Address": "192.0.2.1", "Cf-Worker": "Images", "X-Entrypoint": "Images" },
    ],
    ["by host", "/private/cat.jpg", { Host: "images", "X-Forwarded-Host": "images" }],
    [
      "by another URL in a field",
      "/cat.jpg",
      { "X-Original-URL": "/private/cat.jpg", "X-Rewrite-URL": "/private/cat.jpg" },
    ],
    ["by a method in a field", "/private/cat.jpg", { "X-HTTP-Method-Override": "GET" }],
  ])("cannot be talked into a private file: %s", async (_, path, headers) => {
    const site = await createSiteWithToken(PRIVATE);
    const response = await site.visit(path, { headers });
    expect(await contentOf(response)).not.toContain("at home");
  });

  it("does not learn of another client's address than Cloudflare's", async () => {
    const keys: string[] = [];
    const limiter = {
      limit: async ({ key }: { key: string }) => {
        keys.push(key);
        return { success: true };
      },
    };
    const site = await createSiteWithToken({ MISS_LIMITER: limiter });
    const headers = { "X-Client-Address": "198.51.100.1", "CF-Connecting-IP": "2001:db8:1:2:3::4" };
    await site.visit("/cat.jpg", { headers });
    await site.visit("/cat.jpg?x", { headers });
    expect(keys).toEqual(["2001:db8:1:2::/64", "2001:db8:1:2::/64"]);
  });
});

describe("a refused path", () => {
  it.each(["/%zz", "/a//b.jpg", "/a%2Fb.jpg", "/a%00.jpg", "/%FF.jpg", `/${"x".repeat(251)}`])(
    "%s costs no call to B2",
    async (path) => {
      const site = await createSiteWithToken();
      expect((await site.visit(path)).status).toBe(400);
      expect(site.downloads()).toBe(0);
    },
  );
});

it("a link in B2's form is 503 like any other while no token is to be had, and scripts may read that", async () => {
  const site = createSite();
  site.b2.setKey({ key: "another" });
  const response = await site.visit("/file/images/cat.jpg");
  expect([response.status, response.headers.get("Access-Control-Allow-Origin")]).toEqual([503, "*"]);
  expect(site.log.events().map(({ event }) => event)).not.toContain("request.failed");
});
