import { beforeEach, describe, expect, it, vi } from "vitest";
import { callsOf } from "../support/b2-behind-fetch.ts";
import { createListedSite, folderJson, LISTED, listCallsOf } from "../support/listed-site.ts";
import { NOW_SECONDS, PRIVATE, signed } from "../support/protection.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW_SECONDS * 1000 });
});

const CLIENT = { "CF-Connecting-IP": "192.0.2.1" };

describe("B2 is asked once in 15 minutes", () => {
  it("whatever else is in the address, and in whichever form", async () => {
    const site = await createListedSite(["a/b.jpg"]);
    for (const path of [
      "/a/",
      "/a/?x=1",
      "/a/?x=2",
      "/a/?format=json",
      "/%61/",
      "/file/images/a/",
      "/a/?x=3&format=json",
    ])
      expect([path, (await site.browse(path)).status]).toEqual([path, 200]);
    expect(callsOf(site.b2)).toEqual({ b2_authorize_account: 1, b2_list_file_names: 1 });
    expect(site.cache.runs).toBe(7);
    site.advance(14 * 60);
    await site.browse("/a/?x=4");
    expect(listCallsOf(site)).toBe(1);
  });

  it("then the next visitor sees the old page once, and the one after him the new one", async () => {
    const site = await createListedSite(["a/b.jpg"]);
    const names = async () => (await folderJson(site, "/a/?format=json")).files.map(({ name }) => name);
    await names();
    site.b2.put("images", "a/new.jpg", { content: "" });
    site.advance(14 * 60 + 59);
    expect(await names()).toEqual(["b.jpg"]);
    site.advance(2);
    expect(await names()).toEqual(["b.jpg"]);
    await site.cache.settled();
    expect(await names()).toEqual(["b.jpg", "new.jpg"]);
    expect(listCallsOf(site)).toBe(2);
  });

  it("and a page that is made later of the same list ends with it", async () => {
    const site = await createListedSite(["a/b.jpg"]);
    await site.browse("/a/");
    site.advance(10 * 60);
    expect((await site.browse("/a/?format=json")).status).toBe(200);
    const response = await site.images.fetch(new Request("https://image.example.com/a/?view=public"));
    expect(response.headers.get("Age")).toBe("600");
    site.b2.put("images", "a/new.jpg", { content: "" });
    site.advance(5 * 60 + 1);
    await site.browse("/a/?format=json");
    await site.cache.settled();
    expect((await folderJson(site, "/a/?format=json")).files).toHaveLength(2);
  });

  it("by each link too: what the cache keeps is behind the check", async () => {
    const site = await createListedSite([], { ...LISTED, ...PRIVATE });
    for (const seconds of [60, 3600, 7200])
      expect((await site.browse(await signed("/private/", seconds))).status).toBe(200);
    expect(listCallsOf(site)).toBe(1);
  });
});

describe("while B2 fails", () => {
  it("what was listed is still shown", async () => {
    const site = await createListedSite(["a/b.jpg"]);
    await site.browse("/a/");
    site.b2.faults([{ operation: "b2_list_file_names", times: 99, status: 403, code: "transaction_cap_exceeded" }]);
    site.advance(86_400);
    expect((await site.browse("/a/")).status).toBe(200);
    expect((await site.browse("/a/?x=new")).status).toBe(200);
  });

  it("a cap that listing meets stops neither downloads nor minting", async () => {
    const site = await createListedSite(["a/b.jpg"]);
    site.b2.faults([{ operation: "b2_list_file_names", times: 1, status: 403, code: "transaction_cap_exceeded" }]);
    const response = await site.browse("/a/");
    expect([response.status, response.headers.get("Retry-After")]).toEqual([503, "300"]);
    expect(site.log.events()).toMatchObject([{ level: "error", event: "listing.failed", folder: "a/" }]);
    expect((await site.browse("/a/b.jpg")).status).toBe(200);
    await site.rotate();
    const paused = await site.browse("/a/");
    expect([paused.status, listCallsOf(site)]).toEqual([503, 1]);
    site.advance(300);
    expect((await site.browse("/a/")).status).toBe(200);
  });

  it.each([
    [{ status: 401, code: "expired_auth_token" }, 502],
    [{ status: 400, code: "bad_request" }, 502],
    [{ body: "<html>" }, 502],
  ])("%j is answered with %i, which is not kept", async (fault, status) => {
    const site = await createListedSite(["a/b.jpg"]);
    site.b2.faults([{ operation: "b2_list_file_names", times: 2, ...fault }]);
    const response = await site.browse("/a/");
    expect([response.status, response.headers.get("Cache-Control")]).toEqual([status, "no-store"]);
  });
});

it("a client over the limit of lists gets 429; what is stored does not count", async () => {
  const counted: string[] = [];
  const limiter = {
    limit: async ({ key }: { key: string }) => ({ success: counted.push(key) <= 2 }),
  };
  const site = await createListedSite(["a/1.jpg", "b/1.jpg", "c/1.jpg"], { ...LISTED, LIST_LIMITER: limiter });
  const statuses: number[] = [];
  for (const path of ["/a/", "/a/", "/a/?x=1", "/b/", "/c/", "/c/?format=json", "/a/1.jpg"])
    statuses.push((await site.browse(path, { headers: CLIENT })).status);
  expect(statuses).toEqual([200, 200, 200, 200, 429, 429, 200]);
  expect(counted).toEqual(Array.from({ length: 4 }, () => "192.0.2.1"));
  expect(listCallsOf(site)).toBe(2);
});
