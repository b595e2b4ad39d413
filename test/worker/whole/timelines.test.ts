import { beforeEach, describe, expect, it, vi } from "vitest";
import { signUrl } from "../../../src/access/signed-url.ts";
import { contentOf } from "../support/content-of.ts";
import { KEY, NOW_SECONDS } from "../support/protection.ts";
import { createSiteWithToken, SITE_URL } from "../support/site.ts";
import { play, type World } from "./timelines/play.ts";
import { SETTINGS, TIMELINES } from "./timelines/timelines.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW_SECONDS * 1000 });
});

async function createWorld(): Promise<World> {
  const { b2, browse, cache, images, advance, rotate, downloads } = await createSiteWithToken(SETTINGS);
  return {
    b2,
    downloads,
    now: Date.now,
    moveTo: async (ms) => {
      advance((ms - Date.now()) / 1000);
      await rotate();
    },
    ask: async (path, headers) => {
      const response = await browse(path, { headers });
      return { status: response.status, headers: response.headers, text: await contentOf(response) };
    },
    settled: async () => {
      await cache.settled();
      await images.settled();
    },
    sign: async (canonicalPath) => {
      const expiresAtSeconds = NOW_SECONDS + 30 * 86_400;
      const link = await signUrl({ baseUrl: SITE_URL, canonicalPath, preset: "", key: KEY, expiresAtSeconds });
      return link.slice(SITE_URL.length);
    },
  };
}

describe("days 0 to 20 of an image, with Cloudflare's cache as its documentation describes it", () => {
  it.each(TIMELINES)("$what", async (timeline) => {
    expect(await play(await createWorld(), timeline, "image.txt")).toEqual(timeline.story);
  });
});
