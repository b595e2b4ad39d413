import { beforeEach, describe, expect, it, vi } from "vitest";
import {
  AVIF_BROWSER,
  createPresetSite,
  OLD_CLIENT,
  type PresetSite,
  THUMB,
  visit,
  WEBP_BROWSER,
} from "../support/preset-site.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 10, 24, 12) });
});

describe("an entity tag", () => {
  it("is another one for each original, recipe, format and outcome", async () => {
    const tags: (string | null)[] = [];
    const tagOf = async (site: PresetSite, path: string, accept = OLD_CLIENT) =>
      tags.push((await visit(site, path, { Accept: accept })).headers.get("ETag"));
    const site = await createPresetSite();
    site.upload("other.jpg", { type: "jpeg", width: 4000, height: 3000, bytes: 400_000 });
    await tagOf(site, "/photo.jpg");
    for (const accept of [AVIF_BROWSER, WEBP_BROWSER, OLD_CLIENT]) await tagOf(site, THUMB, accept);
    await tagOf(site, "/other.jpg?preset=thumb");
    await tagOf(site, "/photo.jpg?preset=card");
    site.binding.fail(9516);
    await tagOf(site, THUMB);
    for (const recipe of [
      { width: 321 },
      { height: 320 },
      { width: 320, quality: 80 },
      { width: 320, fit: "contain" },
    ]) {
      await tagOf(await createPresetSite({ IMAGE_PRESETS: { thumb: recipe } }), THUMB);
    }
    expect(new Set(tags).size).toBe(tags.length);
    for (const tag of tags) expect(tag).toMatch(/^"[\x21\x23-\x7e]+"$/);
  });

  it("is the same for the same, in another isolate too", async () => {
    const one = (await visit(await createPresetSite(), THUMB)).headers.get("ETag");
    const other = (await visit(await createPresetSite(), THUMB)).headers.get("ETag");
    expect([one, other]).toEqual([expect.any(String), one]);
  });
});

describe("a precondition", () => {
  it.each<[string, (site: PresetSite) => void]>([
    ["a result", () => undefined],
    ["the original that stands in for good", (site) => site.binding.fail(9516, "broken", 99)],
  ])("of %s is answered without a transformation and without content", async (_, prepare) => {
    const site = await createPresetSite();
    prepare(site);
    const first = await visit(site, THUMB);
    const etag = first.headers.get("ETag") ?? "";
    const calls = site.binding.calls.length;
    for (const field of [etag, `W/${etag}`, `"x", ${etag}`]) {
      const response = await visit(site, THUMB, { "If-None-Match": field });
      expect(response.status).toBe(304);
      for (const name of ["ETag", "Last-Modified", "Cache-Control", "Cloudflare-CDN-Cache-Control", "Vary"]) {
        expect([name, response.headers.get(name)]).toEqual([name, first.headers.get(name)]);
      }
      for (const name of ["Content-Type", "Content-Length"]) expect(response.headers.get(name)).toBeNull();
    }
    const failed = await visit(site, THUMB, { "If-Match": '"another"' });
    expect([failed.status, failed.headers.get("Cache-Control")]).toEqual([412, "no-store"]);
    const since = { "If-Unmodified-Since": "Mon, 23 Nov 2026 12:00:00 GMT" };
    expect((await visit(site, THUMB, since)).status).toBe(412);
    expect(site.binding.calls).toHaveLength(calls);
  });

  it("that holds is no obstacle", async () => {
    const site = await createPresetSite();
    const etag = (await visit(site, THUMB)).headers.get("ETag") ?? "";
    for (const fields of [{ "If-Match": etag }, { "If-Match": "*" }, { "If-None-Match": '"old"' }]) {
      expect((await visit(site, THUMB, fields)).status).toBe(200);
    }
  });

  it.each(["photo.jpg", "large.jpg", "page.svg"])(
    "with the tag that a 200 gave for %s is no obstacle",
    async (name) => {
      const site = await createPresetSite();
      // Too large for AVIF, so that the tag is the one of the next format.
      site.upload("large.jpg", { type: "jpeg", width: 4000, height: 3000, bytes: 900_000 });
      site.b2.put("images", "page.svg", { content: "<svg/>", contentType: "image/svg+xml" });
      const path = `/${name}?preset=${name === "large.jpg" ? "wide" : "thumb"}`;
      const first = await visit(site, path, { Accept: AVIF_BROWSER });
      const etag = first.headers.get("ETag") ?? "";
      const again = await visit(site, path, { Accept: AVIF_BROWSER, "If-Match": etag });
      expect([first.status, again.status, again.headers.get("ETag")]).toEqual([200, 200, etag]);
      const other = await visit(site, path, { Accept: AVIF_BROWSER, "If-Match": '"another"' });
      expect(other.status).toBe(412);
      const any = await visit(site, path, { Accept: AVIF_BROWSER, "If-None-Match": "*" });
      expect([any.status, any.headers.get("ETag")]).toEqual([304, etag]);
    },
  );

  it("with the tag of a result is not met by what stands in for now", async () => {
    const site = await createPresetSite();
    const etag = (await visit(site, THUMB)).headers.get("ETag") ?? "";
    site.binding.fail(9522, "busy", 99);
    expect((await visit(site, THUMB, { "If-Match": etag, Range: "bytes=0-9" })).status).toBe(412);
    expect((await visit(site, THUMB, { "If-Match": "*" })).status).toBe(200);
    const confirmed = await visit(site, THUMB, { "If-None-Match": "*" });
    expect([confirmed.status, confirmed.headers.get("Cache-Control")]).toEqual([304, "public, max-age=300"]);
    expect([confirmed.headers.get("ETag"), confirmed.headers.get("Last-Modified")]).toEqual([null, null]);
  });

  it("with the tag of another format, of the original, or of a stand-in gets the result", async () => {
    const site = await createPresetSite();
    const original = (await visit(site, "/photo.jpg")).headers.get("ETag") ?? "";
    const avif = (await visit(site, THUMB, { Accept: AVIF_BROWSER })).headers.get("ETag") ?? "";
    for (const etag of [original, avif]) {
      const response = await visit(site, THUMB, { "If-None-Match": etag });
      expect([response.status, response.headers.get("Content-Type")]).toEqual([200, "image/webp"]);
    }
  });

  it("by date does not confirm a result, since the date is the original's", async () => {
    const site = await createPresetSite();
    const response = await visit(site, THUMB, { "If-Modified-Since": "Tue, 24 Nov 2026 12:00:00 GMT" });
    expect(response.status).toBe(200);
  });

  it("of the cache never confirms what stands in for now", async () => {
    const site = await createPresetSite();
    site.binding.fail(9522);
    await site.get(THUMB);
    site.advance(301);
    // The cache asks with whatever validator it has.
    const response = await site.get(THUMB);
    expect([response.status, response.headers.get("Content-Type"), site.binding.calls.length]).toEqual([
      200,
      "image/jpeg",
      2,
    ]);
    expect(response.headers.get("ETag")).toMatch(/-same"$/);
  });
});

describe("a range", () => {
  it("is cut out of the whole, which is made as a whole", async () => {
    const site = await createPresetSite();
    const whole = new Uint8Array(await (await visit(site, THUMB)).arrayBuffer());
    const { length } = whole;
    for (const [range, first, last] of [
      ["bytes=0-9", 0, 9],
      ["bytes=10-", 10, length - 1],
      ["bytes=-10", length - 10, length - 1],
      [`bytes=0-${length + 5}`, 0, length - 1],
    ] as const) {
      const part = await visit(site, THUMB, { Range: range });
      expect([part.status, part.headers.get("Content-Range")]).toEqual([206, `bytes ${first}-${last}/${length}`]);
      expect(part.headers.get("Content-Length")).toBe(String(last - first + 1));
      expect(new Uint8Array(await part.arrayBuffer())).toEqual(whole.slice(first, last + 1));
    }
    const beyond = await visit(site, THUMB, { Range: `bytes=${length}-` });
    expect([beyond.status, beyond.headers.get("Content-Range")]).toEqual([416, `bytes */${length}`]);
    expect((await visit(site, THUMB, { Range: "bytes=0-1,3-4" })).status).toBe(200);
  });

  it("of another version is the whole", async () => {
    const site = await createPresetSite();
    const etag = (await visit(site, THUMB)).headers.get("ETag") ?? "";
    const statuses: number[] = [];
    for (const ifRange of [etag, '"old"', "Tue, 24 Nov 2026 12:00:00 GMT"]) {
      statuses.push((await visit(site, THUMB, { Range: "bytes=0-9", "If-Range": ifRange })).status);
    }
    // The date is the original's, and no strong validator for a result.
    expect(statuses).toEqual([206, 200, 200]);
  });

  it("never reaches B2 or the binding", async () => {
    const site = await createPresetSite();
    await visit(site, THUMB, { Range: "bytes=0-9" });
    expect(site.binding.calls).toMatchObject([{ input: "jpeg" }]);
  });

  it("is cut by the cache out of the stored result", async () => {
    const site = await createPresetSite();
    await site.get(THUMB);
    const part = await site.get(`${THUMB}&x`, OLD_CLIENT, { headers: { Range: "bytes=0-9" } });
    expect([part.status, (await part.arrayBuffer()).byteLength, site.binding.calls.length]).toEqual([206, 10, 1]);
  });
});
