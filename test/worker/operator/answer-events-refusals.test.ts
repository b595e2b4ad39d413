import { beforeEach, describe, expect, it, vi } from "vitest";
import { delivery, EVENT_SECRET, eventOf } from "../support/b2-events.ts";
import { createSite, createSiteWithToken, type TestSite } from "../support/site.ts";

const PATH = "/-/events";
const WITH_SECRET = { B2_EVENT_SIGNING_SECRET: EVENT_SECRET };
const MIB = 1024 * 1024;

let site: TestSite;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  site = await createSiteWithToken(WITH_SECRET);
});

/** What was purged, call by call, in both caches. */
function purges(of = site): unknown {
  return { images: of.images.purges, default: of.cache.purges };
}

describe("nothing is purged", () => {
  const good = () => delivery({ events: [eventOf("cat.jpg")] });

  const cases: { name: string; init: () => Promise<RequestInit>; status: number; vars?: object; allow?: string }[] = [
    { name: "without a secret in the settings", init: good, status: 404, vars: { B2_EVENT_SIGNING_SECRET: "" } },
    {
      name: "with a secret that B2 would not take",
      init: good,
      status: 500,
      vars: { B2_EVENT_SIGNING_SECRET: "short" },
    },
    { name: "by GET", init: async () => ({ method: "GET" }), status: 405, allow: "POST" },
    { name: "by HEAD", init: async () => ({ method: "HEAD" }), status: 405, allow: "POST" },
    { name: "by PUT", init: async () => ({ ...(await good()), method: "PUT" }), status: 405, allow: "POST" },
    { name: "by DELETE", init: async () => ({ method: "DELETE" }), status: 405, allow: "POST" },
    { name: "without a signature", init: async () => ({ ...(await good()), headers: {} }), status: 403 },
    {
      name: "with another secret",
      init: () => delivery({ events: [eventOf("cat.jpg")] }, "0".repeat(32)),
      status: 403,
    },
    { name: "with another content", init: async () => ({ ...(await good()), body: '{"events":[]}' }), status: 403 },
    { name: "without content", init: async () => ({ method: "POST" }), status: 403 },
    { name: "with content that is no JSON", init: () => delivery("events"), status: 400 },
    { name: "with content that is no batch", init: () => delivery({ event: eventOf("cat.jpg") }), status: 400 },
    { name: "with null", init: () => delivery("null"), status: 400 },
    { name: "with more than 1 MiB, well signed", init: () => delivery(" ".repeat(MIB + 1)), status: 413 },
    { name: "with more than 1 MiB that never ends", init: async () => endless(), status: 413 },
  ];

  it.each(cases)("$name: $status", async ({ init, status, vars, allow }) => {
    const asked = vars === undefined ? site : createSite({ ...WITH_SECRET, ...vars });
    const response = await asked.browse(PATH, await init());
    expect(response.status).toBe(status);
    expect(response.headers.get("Cache-Control")).toBe("no-store");
    expect(response.headers.get("Allow")).toBe(allow ?? null);
    expect(purges(asked)).toEqual({ images: [], default: [] });
  });

  it("a wrong signature tells the owner why in the log", async () => {
    await site.browse(PATH, await delivery({ events: [] }, "0".repeat(32)));
    expect(site.log.events()).toEqual([
      { level: "warn", event: "events.refused", advice: "Does B2's rule have the secret of B2_EVENT_SIGNING_SECRET?" },
    ]);
  });
});

/** Content of which more comes whenever somebody reads on. */
function endless(): RequestInit {
  const body = new ReadableStream({
    pull: (controller) => controller.enqueue(new Uint8Array(64 * 1024)),
  });
  return { method: "POST", body };
}
