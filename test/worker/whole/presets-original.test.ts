import { beforeEach, describe, expect, it, vi } from "vitest";
import { readImageHeader } from "../../../src/images/image-header.ts";
import { hashOf } from "../support/content-of.ts";
import {
  AVIF_BROWSER,
  createPresetSite,
  isOriginal,
  OLD_CLIENT,
  type PresetSite,
  visit,
  WEBP_BROWSER,
} from "../support/preset-site.ts";
import { testImage } from "../support/test-image.ts";
import { IMAGE } from "./answers/row.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 10, 24, 12) });
});

describe("a result that is not smaller", () => {
  const small = { type: "jpeg", width: 300, height: 200, bytes: 9_000 } as const;

  it("is not used when the original has its size: the original is, for good", async () => {
    const site = await createPresetSite();
    site.upload("small.jpg", small);
    site.binding.resultBytes = () => 9_000;
    for (let n = 0; n < 3; n += 1) {
      const response = await site.get(`/small.jpg?preset=thumb&n=${n}`, WEBP_BROWSER);
      expect(response.headers.get("Content-Type")).toBe("image/jpeg");
      expect(await isOriginal(site, response, "small.jpg")).toBe(true);
    }
    expect(site.binding.calls).toHaveLength(1);
    expect((await site.visit("/small.jpg?preset=thumb")).headers.get("Cloudflare-CDN-Cache-Control")).toBe(IMAGE.edge);
  });

  it("is used by one byte less", async () => {
    const site = await createPresetSite();
    site.upload("small.jpg", small);
    site.binding.resultBytes = () => 8_999;
    const response = await site.get("/small.jpg?preset=thumb", WEBP_BROWSER);
    expect([response.headers.get("Content-Type"), response.headers.get("Content-Length")]).toEqual([
      "image/webp",
      "8999",
    ]);
  });

  it("is used all the same when the original is larger than the preset", async () => {
    const site = await createPresetSite();
    site.upload("large.jpg", { type: "jpeg", width: 800, height: 600, bytes: 9_000 });
    site.binding.resultBytes = () => 12_000;
    const content = new Uint8Array(await (await site.get("/large.jpg?preset=thumb")).arrayBuffer());
    expect([content.length, readImageHeader(content)?.width]).toEqual([12_000, 320]);
  });

  it.each([
    ["avif", WEBP_BROWSER, "image/webp", false],
    ["avif", AVIF_BROWSER, "image/avif", true],
    ["avif", OLD_CLIENT, "image/avif", true],
    ["webp", AVIF_BROWSER, "image/webp", true],
    ["webp", OLD_CLIENT, "image/webp", true],
    ["png", AVIF_BROWSER, "image/png", true],
    ["gif", WEBP_BROWSER, "image/gif", true],
    ["heic", OLD_CLIENT, "image/jpeg", false],
  ] as const)(
    "of %s gives way to the original only if who sends %j shows that",
    async (type, accept, said, original) => {
      const site = await createPresetSite();
      site.binding.extraInputs.add("avif").add("heic");
      site.binding.resultBytes = () => 12_000;
      site.upload(`small.${type}`, { type, width: 300, height: 200, bytes: 9_000 });
      const response = await site.get(`/small.${type}?preset=thumb`, accept);
      expect(response.headers.get("Content-Type")).toBe(said);
      expect(await isOriginal(site, response, `small.${type}`)).toBe(original);
    },
  );

  it.each([
    ["jpeg", true],
    ["webp", false],
  ] as const)("of a preset in JPEG gives way to an original in %s: %s", async (type, original) => {
    const site = await createPresetSite();
    site.binding.resultBytes = () => 12_000;
    site.upload("small", { type, width: 300, height: 200, bytes: 9_000 });
    expect(await isOriginal(site, await site.get("/small?preset=jpeg"), "small")).toBe(original);
  });
});

describe("what can never be transformed is the original, for good, and nothing is paid:", () => {
  const files: [string, Parameters<PresetSite["b2"]["put"]>[2]][] = [
    ["an SVG", { content: "<svg xmlns='http://www.w3.org/2000/svg'/>", contentType: "image/svg+xml" }],
    ["a page", { content: "<p>hello", contentType: "text/html" }],
    ["an image that says it is something else", { content: jpeg(), contentType: "application/octet-stream" }],
    ["text that says it is an image", { content: "no image at all", contentType: "image/jpeg" }],
    ["an empty file", { content: "", contentType: "image/png" }],
    ["a TIFF", { content: "II*", contentType: "image/tiff" }],
    ["a compressed image", { content: jpeg(), contentType: "image/jpeg", contentEncoding: "br" }],
    ["more than 20 MB", { content: jpeg({ bytes: 20_000_001 }), contentType: "image/jpeg" }],
    ["more than 100 megapixels", { content: jpeg({ width: 10_001, height: 10_000 }), contentType: "image/jpeg" }],
    ["more than 12,000 pixels a side", { content: jpeg({ width: 12_001, height: 10 }), contentType: "image/jpeg" }],
    [
      "a PNG that moves",
      { content: testImage({ type: "png", width: 800, height: 600, frames: 3 }), contentType: "image/png" },
    ],
    [
      "an AVIF that moves",
      { content: testImage({ type: "avif", width: 800, height: 600, frames: 3 }), contentType: "image/avif" },
    ],
  ];

  it.each(files)("%s", async (_, file) => {
    const site = await createPresetSite();
    site.b2.put("images", "odd", file);
    const response = await site.visit("/odd?preset=thumb", { headers: { Accept: WEBP_BROWSER } });
    const original = await site.visit("/odd");
    const fields = [
      "Content-Type",
      "Content-Length",
      "Content-Encoding",
      "Cache-Control",
      "Last-Modified",
      "Content-Security-Policy",
    ];
    for (const name of fields) expect([name, response.headers.get(name)]).toEqual([name, original.headers.get(name)]);
    expect(response.headers.get("Cloudflare-CDN-Cache-Control")).toBe(IMAGE.edge);
    expect(response.headers.get("Vary")).toBe("Accept");
    expect(await hashOf(response)).toBe(await hashOf(original));
    expect(site.binding.calls).toEqual([]);
    expect(site.log.lines()).toEqual([]);
  });
});

function jpeg({ width = 800, height = 600, bytes = 9_000 } = {}) {
  return testImage({ type: "jpeg", width, height, bytes });
}

it("HEAD for a preset that is the original hangs up on B2, which would send all of it", async () => {
  const site = await createPresetSite();
  site.b2.put("images", "drawing.svg", { content: "<svg/>", contentType: "image/svg+xml" });
  let hangsUp = 0;
  vi.stubGlobal("fetch", async (input: RequestInfo, init?: RequestInit) => {
    const answer = await site.b2.fetch(new Request(input, init));
    const content = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(100)),
      cancel: () => {
        hangsUp += 1;
      },
    });
    return new Response(content, answer);
  });
  const response = await visit(site, "/drawing.svg?preset=thumb", {}, "HEAD");
  expect([response.status, response.headers.get("Content-Type"), response.body]).toEqual([200, "image/svg+xml", null]);
  expect(hangsUp).toBe(1);
});
