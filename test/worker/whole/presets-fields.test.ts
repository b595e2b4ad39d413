import { beforeEach, describe, expect, it, vi } from "vitest";
import { AVIF_BROWSER, createPresetSite, type PresetSite, THUMB, visit, WEBP_BROWSER } from "../support/preset-site.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 10, 24, 12) });
});

function fieldsOf(response: Response): Record<string, string> {
  return Object.fromEntries(response.headers);
}

/** The stand-ins: for now, and for good. */
const STAND_INS: [string, (site: PresetSite) => void][] = [
  ["a result", () => undefined],
  ["the original for now", (site) => site.binding.fail(9522, "busy", 99)],
  ["the original for good", (site) => site.binding.fail(9516, "broken", 99)],
];

describe("the fields of a result", () => {
  it("are its own where they describe the content, and the original's for the rest", async () => {
    const site = await createPresetSite();
    site.upload(
      "photo.jpg",
      { type: "jpeg", width: 4000, height: 3000, bytes: 400_000 },
      {
        contentDisposition: 'attachment; filename="holiday.jpg"',
        contentLanguage: "de",
      },
    );
    const original = fieldsOf(await visit(site, "/photo.jpg"));
    const result = await visit(site, THUMB);
    const content = await result.arrayBuffer();
    expect(fieldsOf(result)).toEqual({
      ...original,
      "content-type": "image/webp",
      "content-length": String(content.byteLength),
      "content-disposition": 'attachment; filename="holiday.webp"',
      etag: expect.stringMatching(/^"[0-9a-f]{40}-320x-scale-down-q-webp"$/),
      vary: "Accept",
    });
    expect(original).toMatchObject({
      "last-modified": "Tue, 24 Nov 2026 12:00:00 GMT",
      "content-language": "de",
      "accept-ranges": "bytes",
      "x-content-type-options": "nosniff",
      "cross-origin-resource-policy": "cross-origin",
      "timing-allow-origin": "*",
      "access-control-allow-origin": "*",
    });
  });

  it("name the file by its type: .jpg for JPEG", async () => {
    const site = await createPresetSite();
    const contentDisposition = "inline; filename=holiday.PNG";
    site.upload("photo.png", { type: "png", width: 800, height: 600, bytes: 90_000 }, { contentDisposition });
    const response = await visit(site, "/photo.png?preset=jpeg");
    expect(response.headers.get("Content-Disposition")).toBe("inline; filename=holiday.jpg");
  });

  it("keep the Cache-Control of the file's uploader", async () => {
    const site = await createPresetSite();
    const cacheControl = "public, max-age=5";
    site.upload("short.jpg", { type: "jpeg", width: 800, height: 600, bytes: 90_000 }, { cacheControl });
    expect((await visit(site, "/short.jpg?preset=thumb")).headers.get("Cache-Control")).toBe(cacheControl);
  });

  it.each(STAND_INS)("of %s are those of the GET for a HEAD, without content", async (_, prepare) => {
    const site = await createPresetSite();
    prepare(site);
    const [get, head] = [await visit(site, THUMB), await visit(site, THUMB, {}, "HEAD")];
    expect([head.status, fieldsOf(head)]).toEqual([get.status, fieldsOf(get)]);
    expect((await head.arrayBuffer()).byteLength).toBe(0);
    expect(get.headers.get("Content-Length")).toBe(String((await get.arrayBuffer()).byteLength));
  });

  it("are never seen of what the entrypoints tell each other", async () => {
    for (const [, prepare] of STAND_INS) {
      const site = await createPresetSite();
      prepare(site);
      for (const init of [{}, { Range: "bytes=0-9" }]) {
        const response = await visit(site, THUMB, init);
        expect(Object.keys(fieldsOf(response)).filter((name) => name.startsWith("x-"))).toEqual([
          "x-content-type-options",
        ]);
      }
    }
  });

  it("carry the path of the file as a tag, so that a purge of it takes all presets in all caches", async () => {
    for (const [, prepare] of STAND_INS) {
      const site = await createPresetSite();
      prepare(site);
      const whole = await visit(site, THUMB);
      const answers = [whole, await visit(site, THUMB, {}, "HEAD"), await visit(site, THUMB, { Range: "bytes=0-9" })];
      const etag = whole.headers.get("ETag");
      if (etag !== null) answers.push(await visit(site, THUMB, { "If-None-Match": etag }));
      for (const answer of answers) expect(answer.headers.get("Cache-Tag")).toBe("/photo.jpg");
      expect(site.presets.tags).toEqual([]);
      await site.get(THUMB);
      await site.get("/photo.jpg?preset=wide", AVIF_BROWSER);
      // For AVIF, which does not suit it, too.
      expect(site.presets.tags).toEqual(["/photo.jpg", "/photo.jpg", "/photo.jpg"]);
    }
    const site = await createPresetSite();
    expect((await visit(site, "/dog.jpg?preset=thumb")).headers.get("Cache-Tag")).toBe("/dog.jpg");
  });

  it("let the origins of CORS_ALLOW_ORIGINS in, each visitor by their own", async () => {
    const site = await createPresetSite({ CORS_ALLOW_ORIGINS: "https://a.example, https://b.example" });
    for (const origin of ["https://a.example", "https://b.example", "https://c.example"]) {
      const response = await site.get(THUMB, WEBP_BROWSER, { headers: { Origin: origin } });
      const allowed = origin === "https://c.example" ? null : origin;
      expect([response.headers.get("Access-Control-Allow-Origin"), response.headers.get("Vary")]).toEqual([
        allowed,
        "Origin, Accept",
      ]);
    }
    expect(site.binding.calls).toHaveLength(1);
  });
});

describe("Vary: Accept", () => {
  it.each(STAND_INS)("is on %s under the address of a preset in auto: 200, 206 and 304", async (_, prepare) => {
    const site = await createPresetSite();
    prepare(site);
    const whole = await visit(site, THUMB);
    const answers = [whole, await visit(site, THUMB, { Range: "bytes=0-9" })];
    const etag = whole.headers.get("ETag");
    if (etag !== null) answers.push(await visit(site, THUMB, { "If-None-Match": etag }));
    for (const answer of answers)
      expect([answer.status, answer.headers.get("Vary")]).toEqual([answer.status, "Accept"]);
  });

  it.each(["jpeg", "webp", "avif"])("is not there for a preset in %s", async (preset) => {
    const site = await createPresetSite();
    expect((await visit(site, `/photo.jpg?preset=${preset}`)).headers.get("Vary")).toBeNull();
    site.binding.fail(9522);
    expect((await visit(site, `/photo.jpg?preset=${preset}`)).headers.get("Vary")).toBeNull();
  });

  it("is not there for the original, nor where an entrypoint's own cache keeps one result a format", async () => {
    const site = await createPresetSite();
    expect((await visit(site, "/photo.jpg?x=1")).headers.get("Vary")).toBeNull();
    await site.get(THUMB, WEBP_BROWSER);
    await site.get(THUMB, `${WEBP_BROWSER};q=0.9`);
    expect([site.cache.runs, site.presets.runs]).toEqual([2, 1]);
  });
});
