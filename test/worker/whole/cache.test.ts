import { beforeEach, describe, expect, it, vi } from "vitest";
import { contentOf } from "../support/content-of.ts";
import { createSiteWithToken, type TestSite } from "../support/site.ts";

const DAY_SECONDS = 86_400;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 10, 24, 12) });
});

async function textOf(response: Response): Promise<[number, string]> {
  return [response.status, await contentOf(response)];
}

function b2Fails(site: TestSite): void {
  site.b2.faults([
    {
      operation: "b2_download_file_by_name",
      times: 1000,
      status: 503,
      code: "service_unavailable",
      retryAfterSeconds: 60,
    },
  ]);
}

describe("a canonical image", () => {
  it("runs the Worker once, however often it is asked for", async () => {
    const site = await createSiteWithToken();
    for (let n = 0; n < 5; n += 1) expect(await textOf(await site.browse("/cat.jpg"))).toEqual([200, "a cat"]);
    expect((await site.browse("/cat.jpg", { method: "HEAD" })).headers.get("Content-Length")).toBe("5");
    expect([site.cache.runs, site.images.runs, site.downloads()]).toEqual([1, 0, 1]);
  });

  it("is answered in parts from the stored whole", async () => {
    const site = await createSiteWithToken();
    const first = await site.browse("/cat.jpg", { headers: { Range: "bytes=2-4" } });
    const second = await site.browse("/cat.jpg", { headers: { Range: "bytes=0-0" } });
    expect([await textOf(first), await textOf(second)]).toEqual([
      [206, "cat"],
      [206, "a"],
    ]);
    expect(site.downloads()).toBe(1);
  });

  it("is fetched again after EDGE_MAX_AGE_SECONDS, while the visitor already has the old one", async () => {
    const site = await createSiteWithToken();
    await site.browse("/cat.jpg");
    site.advance(3 * DAY_SECONDS - 1);
    await site.browse("/cat.jpg");
    expect(site.downloads()).toBe(1);
    site.b2.put("images", "cat.jpg", { content: "another cat", contentType: "image/jpeg" });
    site.advance(2);
    expect(await textOf(await site.browse("/cat.jpg"))).toEqual([200, "a cat"]);
    await site.cache.settled();
    expect(await textOf(await site.browse("/cat.jpg"))).toEqual([200, "another cat"]);
    expect(site.cache.runs).toBe(2);
  });

  it("is waited for when EDGE_STALE_WHILE_REVALIDATE_SECONDS are over too", async () => {
    const site = await createSiteWithToken();
    await site.browse("/cat.jpg");
    site.b2.put("images", "cat.jpg", { content: "another cat", contentType: "image/jpeg" });
    site.advance(10 * DAY_SECONDS + 1);
    await site.rotate();
    expect(await textOf(await site.browse("/cat.jpg"))).toEqual([200, "another cat"]);
  });

  it("is refreshed by a 304 without its content", async () => {
    const site = await createSiteWithToken();
    await site.browse("/cat.jpg");
    site.advance(10 * DAY_SECONDS + 1);
    await site.rotate();
    const revalidated = await site.browse("/cat.jpg");
    expect(await textOf(revalidated)).toEqual([200, "a cat"]);
    expect([site.cache.runs, revalidated.headers.get("Cache-Control")]).toEqual([2, "public, max-age=345600"]);
    await site.browse("/cat.jpg");
    expect(site.cache.runs).toBe(2);
  });

  it("stays available while B2 answers 503, for EDGE_STALE_IF_ERROR_SECONDS", async () => {
    const site = await createSiteWithToken({ EDGE_STALE_WHILE_REVALIDATE_SECONDS: 0 });
    await site.browse("/cat.jpg");
    site.advance(9 * DAY_SECONDS);
    await site.rotate();
    b2Fails(site);
    const stale = await site.browse("/cat.jpg");
    expect([stale.headers.get("Cf-Cache-Status"), ...(await textOf(stale))]).toEqual(["STALE", 200, "a cat"]);
    site.advance(DAY_SECONDS + 1);
    expect((await site.browse("/cat.jpg")).status).toBe(503);
  });

  it("comes back as soon as B2 does", async () => {
    const site = await createSiteWithToken();
    b2Fails(site);
    expect((await site.browse("/cat.jpg")).status).toBe(503);
    site.b2.reset();
    expect(await textOf(await site.browse("/cat.jpg"))).toEqual([200, "a cat"]);
  });
});

describe("another URL of the same image", () => {
  it("lets 1,000 different queries reach B2 once", async () => {
    const site = await createSiteWithToken();
    for (let x = 1; x <= 1000; x += 1) {
      const response = await site.browse(`/cat.jpg?x=${x}`);
      expect(response.status).toBe(200);
      await response.body?.cancel();
    }
    expect([site.cache.runs, site.images.runs, site.downloads()]).toEqual([1000, 1, 1]);
  });

  it.each(["/%63at.jpg", "/file/images/cat.jpg", "/cat.jpg?", "/cat.jpg?utm_source=x&utm_medium=y", "/c%61t.jpg?v=3"])(
    "shares the stored image with %s",
    async (path) => {
      const site = await createSiteWithToken();
      await contentOf(await site.browse("/cat.jpg?first"));
      expect(await textOf(await site.browse(path))).toEqual([200, "a cat"]);
      expect(site.downloads()).toBe(1);
    },
  );

  it("takes no loopback for the canonical one", async () => {
    const site = await createSiteWithToken();
    await site.browse("/cat.jpg");
    expect(site.images.runs).toBe(0);
  });
});

describe("an error", () => {
  const errors: [string, (site: TestSite) => void, string, number][] = [
    ["a bad path", () => undefined, "/%zz", 400],
    ["B2 busy", b2Fails, "/cat.jpg", 503],
    ["B2 busy, behind a query", b2Fails, "/cat.jpg?x=1", 503],
    [
      "B2 denying access",
      (site) =>
        site.b2.faults([{ operation: "b2_download_file_by_name", times: 99, status: 403, code: "access_denied" }]),
      "/cat.jpg",
      502,
    ],
  ];
  it.each(errors)("%s is never served twice from the cache", async (_, prepare, path, status) => {
    const site = await createSiteWithToken();
    prepare(site);
    for (let n = 1; n <= 3; n += 1) {
      expect((await site.browse(path)).status).toBe(status);
      expect(site.cache.runs).toBe(n);
    }
  });

  it("404 is kept for its minute, and not a second longer", async () => {
    const site = await createSiteWithToken();
    for (let n = 0; n < 3; n += 1) expect((await site.browse("/dog.jpg")).status).toBe(404);
    expect(site.downloads()).toBe(1);
    site.b2.put("images", "dog.jpg", { content: "a dog", contentType: "image/jpeg" });
    site.advance(61);
    expect(await textOf(await site.browse("/dog.jpg"))).toEqual([200, "a dog"]);
  });

  it("404 does not outlive its minute when B2 fails", async () => {
    const site = await createSiteWithToken();
    await site.browse("/dog.jpg");
    site.advance(61);
    b2Fails(site);
    expect((await site.browse("/dog.jpg")).status).toBe(503);
  });

  it("the owner's page for a 404 costs one call to B2 a missing file", async () => {
    const site = await createSiteWithToken({ NOT_FOUND_FILE: "404.html" });
    site.b2.put("images", "404.html", { content: "nothing here", contentType: "text/html" });
    for (let n = 0; n < 10; n += 1)
      expect(await textOf(await site.browse(`/dog.jpg?${n}`))).toEqual([404, "nothing here"]);
    for (let n = 0; n < 10; n += 1)
      expect(await textOf(await site.browse(`/dog${n}.jpg`))).toEqual([404, "nothing here"]);
    expect(site.downloads()).toBe(1 + 10 + 1);
  });
});
