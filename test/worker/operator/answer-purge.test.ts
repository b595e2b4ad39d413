import { beforeEach, describe, expect, it, vi } from "vitest";
import { runAhead } from "../support/clock.ts";
import { contentOf } from "../support/content-of.ts";
import { BEARER, FROM_OWN_PAGE, OWNER } from "../support/owner.ts";
import { createSiteWithToken, type TestSite } from "../support/site.ts";

const RATE_LIMIT = { code: 1134, message: "Rate limit exceeded" };

let site: TestSite;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  site = await createSiteWithToken(OWNER);
});

function purge(content: unknown, headers: Record<string, string> = {}): Promise<Response> {
  const body = typeof content === "string" ? content : JSON.stringify(content);
  return site.browse("/-/purge", { method: "POST", body, headers: { ...BEARER, ...headers } });
}

function submit(fields: Record<string, string>): Promise<Response> {
  return site.browse("/-/purge", { method: "POST", body: new URLSearchParams(fields), headers: FROM_OWN_PAGE });
}

const wishes: { wish: object; options: CachePurgeOptions }[] = [
  { wish: { paths: ["cat.jpg", "photos/red cat.jpg"] }, options: { tags: ["/cat.jpg", "/photos/red%20cat.jpg"] } },
  { wish: { paths: ["https://image.example.com/cat.jpg?v=3"] }, options: { tags: ["/cat.jpg"] } },
  { wish: { prefix: "photos/" }, options: { pathPrefixes: ["/photos/", "/file/images/photos/"] } },
  { wish: { everything: true }, options: { purgeEverything: true } },
];

describe("a program purges", () => {
  it.each(wishes)("$wish", async ({ wish, options }) => {
    const response = await purge(wish);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ status: "purged", left: [], faults: [] });
    expect([site.images.purges, site.cache.purges]).toEqual([[options], [options]]);
  });
});

it("a program may call its JSON a form, as curl does", async () => {
  const response = await purge({ prefix: "photos/" }, { "Content-Type": "application/x-www-form-urlencoded" });
  expect(response.status).toBe(200);
});

describe("a person purges with a form", () => {
  it.each<{ fields: Record<string, string>; options: CachePurgeOptions }>([
    {
      fields: { paths: "cat.jpg\r\n  photos/red cat.jpg \r\n\r\n" },
      options: { tags: ["/cat.jpg", "/photos/red%20cat.jpg"] },
    },
    { fields: { prefix: "photos/ ", paths: "" }, options: { pathPrefixes: ["/photos/", "/file/images/photos/"] } },
    { fields: { everything: "true" }, options: { purgeEverything: true } },
  ])("$fields", async ({ fields, options }) => {
    const response = await submit(fields);
    expect(response.status).toBe(200);
    expect(await contentOf(response)).toMatch(/class="said ok" role="alert">.*<p>Purged /s);
    expect(site.cache.purges).toEqual([options]);
  });

  it("and is told what was typed, not what it would do as markup", async () => {
    const page = await contentOf(await submit({ paths: "<img src=x onerror=alert(1)>.jpg" }));
    expect(page).toContain("Purged &lt;img src=x onerror=alert(1)&gt;.jpg.");
    expect(page).not.toContain("<img");
  });
});

const ONE_OF = 'one of {"paths": ["photos/cat.jpg"]}, {"prefix": "photos/"} and {"everything": true}';
const wrong: { name: string; content: unknown; detail: string }[] = [
  { name: "nothing", content: "", detail: ONE_OF },
  { name: "no JSON", content: "cat.jpg", detail: ONE_OF },
  { name: "null", content: null, detail: ONE_OF },
  { name: "no wish", content: {}, detail: ONE_OF },
  { name: "two wishes", content: { prefix: "photos/", everything: true }, detail: ONE_OF },
  { name: "everything, but not so", content: { everything: false }, detail: ONE_OF },
  { name: "no paths", content: { paths: [] }, detail: ONE_OF },
  { name: "paths that are no texts", content: { paths: [1] }, detail: ONE_OF },
  { name: "a path that is no list", content: { paths: "cat.jpg" }, detail: ONE_OF },
  { name: "another field", content: { paths: ["cat.jpg"], recursive: true }, detail: ONE_OF },
  {
    name: "a path that nothing can be at",
    content: { paths: ["cat.jpg", "a//b.jpg"] },
    detail: "«a//b.jpg» is not the path of a file",
  },
  { name: "an empty prefix", content: { prefix: "" }, detail: "An empty prefix would purge everything" },
  { name: "the prefix of all", content: { prefix: "/" }, detail: "An empty prefix would purge everything" },
  {
    name: "a prefix that nothing can begin with",
    content: { prefix: "../" },
    detail: "«../» is not the beginning of a path",
  },
  {
    name: "1,001 paths",
    content: { paths: Array(1_001).fill("cat.jpg") },
    detail: "1001 paths are too many for one purge: 1000 at most",
  },
];

describe("nothing is purged for", () => {
  it.each(wrong)("$name", async ({ content, detail }) => {
    const response = await purge(content);
    expect([response.status, response.headers.get("Content-Type")]).toEqual([400, "application/problem+json"]);
    expect(((await response.json()) as { detail: string }).detail).toContain(detail);
    expect([site.images.purges, site.cache.purges]).toEqual([[], []]);
  });

  it("a path with markup, which a program that likes pages and no problem details is shown as text", async () => {
    const response = await site.visit("/-/purge", {
      method: "POST",
      headers: { ...BEARER, Accept: "text/html;q=0.5, application/json;q=0.5" },
      body: JSON.stringify({ paths: ["<img src=x>//"] }),
    });
    expect([response.status, response.headers.get("Content-Type")]).toEqual([400, "text/html; charset=utf-8"]);
    expect(await contentOf(response)).toContain("«&lt;img src=x>//» is not the path of a file");
  });

  it("a form without anything in it, and the page says so", async () => {
    const response = await submit({ paths: " \r\n " });
    expect(response.status).toBe(400);
    expect(await contentOf(response)).toContain("The content must be one of");
  });
});

describe("when Cloudflare purges no more", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  it("the owner is told what is left, and when to try again, in Cloudflare's words", async () => {
    const limited = await runAhead(createSiteWithToken(OWNER));
    limited.cache.purgeErrors = [RATE_LIMIT];
    const body = JSON.stringify({ paths: ["cat.jpg", "dog.jpg"] });
    const response = await runAhead(limited.browse("/-/purge", { method: "POST", body, headers: BEARER }));
    expect([response.status, response.headers.get("Retry-After")]).toEqual([503, "12"]);
    expect(await response.json()).toEqual({
      status: "waiting",
      message:
        "Cloudflare accepts no more purges at the moment. 2 of 2 paths are left. Try again in 12 seconds. It says: «Rate limit exceeded» (1134).",
      left: ["cat.jpg", "dog.jpg"],
      faults: [RATE_LIMIT],
      retryAfterSeconds: 12,
    });
    expect(limited.images.purges).toHaveLength(1);
  });

  it("the owner is kept waiting for a while, and then it is done", async () => {
    const limited = await runAhead(createSiteWithToken(OWNER));
    limited.cache.purgeErrors = [RATE_LIMIT];
    setTimeout(() => {
      limited.cache.purgeErrors = [];
    }, 20_000);
    const body = JSON.stringify({ paths: ["cat.jpg"] });
    const response = await runAhead(limited.browse("/-/purge", { method: "POST", body, headers: BEARER }));
    expect(response.status).toBe(200);
    expect([limited.images.purges.length, limited.cache.purges.length]).toEqual([1, 1]);
  });
});

it("without a cache nothing is purged, and the owner is told so", async () => {
  const response = await site.visit("/-/purge", { method: "POST", body: '{"everything":true}', headers: BEARER });
  expect([response.status, await response.json()]).toEqual([
    200,
    expect.objectContaining({
      status: "no-cache",
      message: expect.stringContaining("there is no cache in front of this Worker"),
    }),
  ]);
});

it.each(["?", "%3F", "#", "%23"])(
  "a purge by a signed link is in the log without its query (%s), which opens the file",
  async (mark) => {
    await purge({ paths: [`https://image.example.com/private/cat.jpg${mark}exp=1&kid=k1&sig=abc`] });
    expect(site.log.events()).toContainEqual(
      expect.objectContaining({ event: "purge.done", what: "https://image.example.com/private/cat.jpg" }),
    );
  },
);

it("a purge is in the log, with what it was of", async () => {
  await purge({ prefix: "photos/" });
  expect(site.log.events()).toContainEqual({
    level: "info",
    event: "purge.done",
    by: "owner",
    what: "all that begins with photos/",
    cache: "purged",
    left: 0,
  });
});
