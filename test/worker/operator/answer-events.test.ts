import { beforeEach, describe, expect, it, vi } from "vitest";
import { delivery, EVENT_SECRET, eventOf } from "../support/b2-events.ts";
import { contentOf } from "../support/content-of.ts";
import { createSiteWithToken, type TestSite } from "../support/site.ts";

const PATH = "/-/events";
const WITH_SECRET = { B2_EVENT_SIGNING_SECRET: EVENT_SECRET };
const RATE_LIMIT = { code: 1134, message: "Rate limit exceeded" };

let site: TestSite;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  site = await createSiteWithToken(WITH_SECRET);
});

async function deliver(content: unknown, to = site): Promise<Response> {
  return await to.browse(PATH, await delivery(content));
}

/** What was purged, call by call, in both caches. */
function purges(of = site): unknown {
  return { images: of.images.purges, default: of.cache.purges };
}

describe("a batch of events", () => {
  it("is one purge of each entrypoint, with the tags of its files", async () => {
    const names = ["cat.jpg", "my dogs/red dog.jpg", "a,b+c.jpg"];
    const response = await deliver({ events: names.map((name) => eventOf(name)) });
    expect([response.status, await response.json()]).toEqual([
      200,
      { status: "purged", files: 3, ignored: 0, broken: 0 },
    ]);
    const tags = ["/cat.jpg", "/my%20dogs/red%20dog.jpg", "/a%2Cb+c.jpg"];
    expect(purges()).toEqual({ images: [{ tags }], default: [{ tags }] });
    expect(site.log.events()).toEqual([
      { level: "info", event: "purge.done", by: "event", cache: "purged", files: 3, ignored: 0, broken: 0 },
    ]);
  });

  it.each([
    "b2:ObjectCreated:Upload",
    "b2:ObjectCreated:MultipartUpload",
    "b2:ObjectCreated:Copy",
    "b2:ObjectCreated:Replica",
    "b2:ObjectCreated:MultipartReplica",
    "b2:ObjectDeleted:Delete",
    "b2:ObjectDeleted:LifecycleRule",
    "b2:HideMarkerCreated:Hide",
    "b2:HideMarkerCreated:LifecycleRule",
  ])("purges after %s", async (eventType) => {
    await deliver({ events: [eventOf("cat.jpg", { eventType, objectSize: null })] });
    expect(site.cache.purges).toEqual([{ tags: ["/cat.jpg"] }]);
  });

  const ignored: { name: string; event: unknown; counts: { ignored: number; broken: number } }[] = [
    { name: "the test event", event: eventOf("", { eventType: "b2:TestEvent" }), counts: { ignored: 1, broken: 0 } },
    {
      name: "a type that is not known yet",
      event: eventOf("cat.jpg", { eventType: "b2:ObjectRead:Download" }),
      counts: { ignored: 1, broken: 0 },
    },
    { name: "another bucket", event: eventOf("cat.jpg", { bucketName: "others" }), counts: { ignored: 1, broken: 0 } },
    { name: "a name that is not served", event: eventOf("a//b.jpg"), counts: { ignored: 1, broken: 0 } },
    {
      name: "an event without a name",
      event: { ...eventOf(""), objectName: undefined },
      counts: { ignored: 0, broken: 1 },
    },
    {
      name: "an event without an id",
      event: { ...eventOf("cat.jpg"), eventId: "" },
      counts: { ignored: 0, broken: 1 },
    },
    { name: "an event that is a text", event: "cat.jpg", counts: { ignored: 0, broken: 1 } },
    { name: "an event that is null", event: null, counts: { ignored: 0, broken: 1 } },
  ];

  it.each(ignored)(
    "leaves $name out and purges the others, so that it does not come for ever",
    async ({ event, counts }) => {
      const response = await deliver({ events: [event, eventOf("dog.jpg")] });
      expect([response.status, await response.json()]).toEqual([200, { status: "purged", files: 1, ...counts }]);
      expect(site.cache.purges).toEqual([{ tags: ["/dog.jpg"] }]);
    },
  );

  it("without anything to purge is answered without a call", async () => {
    const response = await deliver({ events: [eventOf("", { eventType: "b2:TestEvent" })] });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ status: "purged", files: 0 });
    expect(purges()).toEqual({ images: [], default: [] });
    expect(site.log.events()).toEqual([]);
  });

  it("purges only names under B2_FILE_NAME_PREFIX, without it", async () => {
    const prefixed = await createSiteWithToken({ ...WITH_SECRET, B2_FILE_NAME_PREFIX: "site/" });
    await deliver({ events: [eventOf("site/cat.jpg"), eventOf("cat.jpg"), eventOf("site")] }, prefixed);
    expect(prefixed.cache.purges).toEqual([{ tags: ["/cat.jpg"] }]);
  });

  it("that comes twice is purged once", async () => {
    const content = { events: [eventOf("cat.jpg")] };
    await deliver(content);
    expect((await deliver(content)).status).toBe(200);
    expect(site.cache.purges).toHaveLength(1);
  });

  it("is answered where there is no cache, and says so", async () => {
    const response = await site.visit(PATH, await delivery({ events: [eventOf("cat.jpg")] }));
    expect([response.status, await response.json()]).toEqual([
      200,
      { status: "no-cache", files: 1, ignored: 0, broken: 0 },
    ]);
  });

  it("is kept by no cache", async () => {
    const response = await site.visit(PATH, await delivery({ events: [] }));
    expect(response.headers.get("Cache-Control")).toBe("no-store");
    expect(response.headers.get("Cloudflare-CDN-Cache-Control")).toBe("no-store");
  });
});

describe("when Cloudflare purges no more", () => {
  it("B2 is asked to come again, and what was purged is not purged again", async () => {
    const content = { events: [eventOf("cat.jpg")] };
    site.cache.purgeErrors = [RATE_LIMIT];
    const refused = await deliver(content);
    expect([refused.status, refused.headers.get("Retry-After")]).toEqual([503, "12"]);
    expect(await refused.json()).toMatchObject({ detail: expect.stringContaining("again later") });
    expect(site.log.events()).toEqual([
      { level: "warn", event: "purge.waiting", by: "event", left: 1, fault: RATE_LIMIT.message },
    ]);
    site.cache.purgeErrors = [];
    site.advance(12);
    expect((await deliver(content)).status).toBe(200);
    expect(purges()).toEqual({ images: [{ tags: ["/cat.jpg"] }], default: [{ tags: ["/cat.jpg"] }] });
  });
});

describe("a file that is replaced", () => {
  const ADDRESSES = ["/cat.jpg", "/cat.jpg?utm_source=x", "/file/images/cat.jpg"];
  const seen = async () => {
    const contents = [];
    for (const address of ADDRESSES) contents.push(await contentOf(await site.browse(address)));
    return contents;
  };

  it("is new at all of its addresses, also when visitors come between the purge of one cache and the next", async () => {
    expect(await seen()).toEqual(["a cat", "a cat", "a cat"]);
    site.b2.put("images", "cat.jpg", { content: "a new cat", contentType: "image/jpeg" });
    expect(await seen()).toEqual(["a cat", "a cat", "a cat"]);
    site.images.afterPurge = seen;
    site.cache.afterPurge = seen;
    await deliver({ events: [eventOf("cat.jpg")] });
    expect(await seen()).toEqual(["a new cat", "a new cat", "a new cat"]);
  });
});

it("a new file is in the galleries of its folder and of those above, and its 404 is over", async () => {
  const listed = await createSiteWithToken({ ...WITH_SECRET, LISTED_PREFIXES: "/" });
  const look = async (path: string) => await contentOf(await listed.browse(`${path}?format=json`));
  expect(await look("/")).not.toContain("new%20cats");
  expect((await listed.browse("/new%20cats/")).status).toBe(404);
  expect((await listed.browse("/new%20cats/tom.jpg")).status).toBe(404);
  listed.b2.put("images", "new cats/tom.jpg", { content: "tom", contentType: "image/jpeg" });
  expect(await look("/")).not.toContain("new%20cats");
  await deliver({ events: [eventOf("new cats/tom.jpg")] }, listed);
  expect(await look("/")).toContain("new%20cats");
  expect(await look("/new%20cats/")).toContain("tom.jpg");
  expect((await listed.browse("/new%20cats/tom.jpg")).status).toBe(200);
});
