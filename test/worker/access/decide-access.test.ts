import { beforeEach, describe, expect, it, vi } from "vitest";
import { contentOf } from "../support/content-of.ts";
import { BAD_REFERER, GOOD_REFERER, HOTLINK, NOW_SECONDS, PRIVATE, signed, snapshot } from "../support/protection.ts";
import { createSiteWithToken, type TestSite } from "../support/site.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW_SECONDS * 1000 });
});

/** No file was looked for, and nobody who reads the log learns more than the visitor. */
function expectNothingDone(site: TestSite): void {
  expect([site.downloads(), site.images.runs, site.log.lines()]).toEqual([0, 0, []]);
}

describe("a refusal is the same for a file that is there and for one that is not", () => {
  const requests: [string, RequestInit][] = [
    ["GET", {}],
    ["HEAD", { method: "HEAD" }],
    ["GET of a page", { headers: { Accept: "text/html" } }],
    ["a range", { headers: { Range: "bytes=0-3" } }],
    ["an impossible range", { headers: { Range: "bytes=9999-" } }],
    ["If-None-Match: *", { headers: { "If-None-Match": "*" } }],
    ["If-Match", { headers: { "If-Match": '"x"' } }],
    ["If-Modified-Since", { headers: { "If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT" } }],
    ["an origin", { headers: { Origin: "https://good.example" } }],
    ["a credential", { headers: { Authorization: "Bearer x", Cookie: "sig=x" } }],
  ];

  it.each(requests)("without a signature: %s", async (_, init) => {
    const site = await createSiteWithToken(PRIVATE);
    const there = await snapshot(await site.browse("/private/cat.jpg", init));
    expect(there.status).toBe(403);
    expect(await snapshot(await site.browse("/private/nothing.jpg", init))).toEqual(there);
    expectNothingDone(site);
  });

  it.each(requests)("with a bad referer: %s", async (_, init) => {
    const site = await createSiteWithToken(HOTLINK);
    const headers = { ...init.headers, ...BAD_REFERER };
    const there = await snapshot(await site.browse("/cat.jpg", { ...init, headers }));
    expect(there.status).toBe(403);
    expect(await snapshot(await site.browse("/nothing.jpg", { ...init, headers }))).toEqual(there);
    expectNothingDone(site);
  });

  it("when a signature opens another file, or is over: then the validator of the file does not help", async () => {
    const site = await createSiteWithToken(PRIVATE);
    const etag = (await site.visit(await signed("/private/cat.jpg"))).headers.get("ETag") ?? "";
    const path = await signed("/private/cat.jpg", 0);
    const refused = await snapshot(await site.visit(path, { headers: { "If-None-Match": etag } }));
    expect(refused.status).toBe(403);
    const other = path.replace("cat", "nothing");
    expect(await snapshot(await site.visit(other, { headers: { "If-None-Match": etag } }))).toEqual(refused);
  });
});

describe("the log", () => {
  it.each([
    ["wrong", (link: string) => link.replace("cat", "dog")],
    ["unknown-key", (link: string) => link.replace("kid=k1", "kid=k9")],
    ["malformed", (link: string) => `${link}=`],
    ["expired", () => signed("/private/cat.jpg", 0)],
  ])("tells the owner of a signature that is %s, and nothing of the signature", async (reason, spoil) => {
    const site = await createSiteWithToken(PRIVATE);
    const path = await spoil(await signed("/private/cat.jpg"));
    await site.browse(path, { headers: { "CF-Ray": "8f-FRA" } });
    const file = path.includes("dog") ? "private/dog.jpg" : "private/cat.jpg";
    expect(site.log.lines().map((line) => JSON.parse(line))).toEqual([
      { event: "signature.refused", ray: "8f-FRA", file, reason },
    ]);
  });
});

describe("a private file behind hotlink protection too", () => {
  it("needs both, and a refusal does not say which one was missing", async () => {
    const site = await createSiteWithToken({ ...PRIVATE, ...HOTLINK });
    const link = await signed("/private/cat.jpg");
    const refused = [
      await site.browse(link),
      await site.browse(link, { headers: BAD_REFERER }),
      await site.browse("/private/cat.jpg", { headers: GOOD_REFERER }),
      await site.browse("/private/cat.jpg", { headers: BAD_REFERER }),
      await site.browse("/cat.jpg", { headers: BAD_REFERER }),
    ];
    const answers = await Promise.all(refused.map(snapshot));
    for (const answer of answers) expect(answer).toEqual({ ...answers[0], status: 403 });
    expectNothingDone(site);
    expect(await contentOf(await site.browse(link, { headers: GOOD_REFERER }))).toBe("a cat at home");
  });
});

describe("hotlink protection on the wire", () => {
  it.each<[string, Record<string, string>, number]>([
    ["the site itself", { Referer: "https://image.example.com/gallery.html" }, 200],
    ["its address as the only referer", { Referer: "https://image.example.com" }, 200],
    ["a sandboxed page, whose origin is null", { Origin: "null" }, 403],
    ["a good Origin without a Referer", { Origin: "https://good.example" }, 403],
    ["a bad Origin with a good Referer", { Origin: "https://evil.example", ...GOOD_REFERER }, 200],
    ["another host in a field", { Referer: "https://evil.example/", "X-Forwarded-Host": "evil.example" }, 403],
  ])("%s", async (_, headers, status) => {
    const site = await createSiteWithToken(HOTLINK);
    expect((await site.browse("/cat.jpg", { headers })).status).toBe(status);
  });

  const elsewhere = { "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image" };

  it.each<[string, Record<string, string>, number]>([
    ["a page of another site with referrerpolicy=no-referrer", elsewhere, 403],
    ["a page of another site that sends an empty field", { ...elsewhere, Referer: "" }, 403],
    ["a frame of another site", { ...elsewhere, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe" }, 403],
    ["a link of another site", { ...elsewhere, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document" }, 200],
    ["a site of the list, which says so", { ...elsewhere, ...GOOD_REFERER }, 200],
    ["another site, which says so", { ...elsewhere, ...BAD_REFERER }, 403],
    ["a page of the site itself", { ...elsewhere, "Sec-Fetch-Site": "same-origin" }, 200],
    ["a typed address", { "Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document" }, 200],
    ["an app", {}, 200],
  ])("without a Referer, when that is allowed: %s", async (_, headers, status) => {
    const site = await createSiteWithToken({ ALLOWED_REFERERS: "good.example" });
    expect((await site.browse("/cat.jpg", { headers })).status).toBe(status);
    expect((await site.browse("/cat.jpg?x=1", { headers })).status).toBe(status);
  });

  it("does not stand in the way of health and preflights", async () => {
    const site = await createSiteWithToken(HOTLINK);
    expect((await site.browse("/-/health", { headers: BAD_REFERER })).status).toBe(200);
    expect((await site.browse("/cat.jpg", { method: "OPTIONS", headers: BAD_REFERER })).status).toBe(204);
  });
});
