import { beforeEach, expect, it, vi } from "vitest";
import { madeOf } from "../support/images-binding.ts";
import { BEARER, OWNER } from "../support/owner.ts";
import { AVIF_BROWSER, createPresetSite, OLD_CLIENT, type PresetSite, WEBP_BROWSER } from "../support/preset-site.ts";
import { createSiteWithToken } from "../support/site.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 10, 24, 12) });
});

/** Every result of two presets in every format, at addresses with and without more in the query. */
async function lookAtAll(site: PresetSite, name: string): Promise<void> {
  for (const accept of [AVIF_BROWSER, WEBP_BROWSER, OLD_CLIENT]) {
    for (const query of ["preset=thumb", "preset=wide", "x=1&preset=thumb"]) {
      expect((await site.get(`/${name}?${query}`, accept)).status).toBe(200);
    }
  }
}

it.each([
  ["the path", { paths: ["photo.jpg"] }],
  ["what its path begins with", { prefix: "pho" }],
  ["everything", { everything: true }],
])("a purge of %s takes all presets of it, in all entrypoints", async (_, wish) => {
  const site = await createPresetSite(OWNER);
  await lookAtAll(site, "photo.jpg");
  const made = site.binding.calls.length;
  await lookAtAll(site, "photo.jpg");
  expect(site.binding.calls.length).toBe(made);
  site.upload("photo.jpg", { type: "jpeg", width: 3000, height: 4000, bytes: 500_000, note: "the new one" });
  const init = { method: "POST", headers: BEARER, body: JSON.stringify(wish) };
  expect(await (await site.browse("/-/purge", init)).json()).toMatchObject({ status: "purged" });
  await lookAtAll(site, "photo.jpg");
  expect(site.binding.calls.length).toBe(2 * made);
  expect(new Set(site.binding.calls.slice(made).map(({ source }) => source))).toEqual(new Set(["the new one"]));
});

it("no visitor who comes between the purge of one cache and the next brings the old bytes back", async () => {
  const site = await createPresetSite(OWNER);
  await lookAtAll(site, "photo.jpg");
  site.upload("photo.jpg", { type: "jpeg", width: 3000, height: 4000, bytes: 500_000, note: "the new one" });
  let visitors = 0;
  const visit = async () => {
    visitors += 1;
    const response = await site.get(`/photo.jpg?preset=thumb&visitor=${visitors}`);
    return madeOf(await response.arrayBuffer()).source;
  };
  for (const cache of [site.images, site.presets, site.cache]) cache.afterPurge = visit;
  await site.browse("/-/purge", { method: "POST", headers: BEARER, body: JSON.stringify({ paths: ["photo.jpg"] }) });
  expect([visitors, await visit()]).toEqual([3, "the new one"]);
});

it("a purge of another path leaves them", async () => {
  const site = await createPresetSite(OWNER);
  await lookAtAll(site, "photo.jpg");
  const made = site.binding.calls.length;
  const init = { method: "POST", headers: BEARER, body: JSON.stringify({ paths: ["photo.jp", "other.jpg"] }) };
  await site.browse("/-/purge", init);
  await lookAtAll(site, "photo.jpg");
  expect([site.binding.calls.length, site.presets.purges.length]).toEqual([made, 1]);
});

it("without presets no call is spent on their cache", async () => {
  const site = await createSiteWithToken(OWNER);
  await site.browse("/-/purge", { method: "POST", headers: BEARER, body: JSON.stringify({ paths: ["cat.jpg"] }) });
  expect([site.images.purges.length, site.presets.purges.length, site.cache.purges.length]).toEqual([1, 0, 1]);
});
