import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { sampleImage } from "../support/sample-images.ts";
import { createSite, type TestSite } from "../support/site.ts";

const PRESETS = {
  thumb: { width: 320 },
  low: { height: 90 },
  jpeg: { width: 200, format: "jpeg" },
  png: { width: 100, format: "png" },
};
const AVIF = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8";
const WEBP = "image/webp,*/*";
const CURL = "*/*";

const TYPES: Record<string, string> = { jpg: "image/jpeg", png: "image/png", webp: "image/webp", gif: "image/gif" };

const [page = ""] = Object.values(
  import.meta.glob<string>("../../../.github/docs/presets.md", { query: "?raw", eager: true, import: "default" }),
);

function siteWithSamples(names: string[], presets: object = PRESETS): TestSite {
  const files = names.map((name) => [
    name,
    { content: sampleImage(name), contentType: TYPES[name.split(".").at(-1) ?? ""] },
  ]);
  return createSite({ IMAGE_PRESETS: presets }, { files: Object.fromEntries(files) });
}

/** Decodes an image, with the local binding, and measures it. */
async function measured(response: Response) {
  const content = await response.arrayBuffer();
  const info = await env.IMAGES.info(new Blob([content]).stream());
  if (!("width" in info)) throw new Error("this is no raster image");
  return {
    status: response.status,
    said: response.headers.get("Content-Type"),
    type: info.format,
    width: info.width,
    height: info.height,
  };
}

function image(type: string, width: number, height: number) {
  return { status: 200, said: type, type, width, height };
}

describe("the local Images binding makes", () => {
  it.each([
    ["sunrise.jpg", "thumb", AVIF, image("image/avif", 320, 240)],
    ["sunrise.jpg", "thumb", WEBP, image("image/webp", 320, 240)],
    ["sunrise.jpg", "thumb", CURL, image("image/jpeg", 320, 240)],
    ["sunrise.jpg", "low", CURL, image("image/jpeg", 120, 90)],
    ["sunrise.jpg", "png", AVIF, image("image/png", 100, 75)],
    ["circles+lines.png", "thumb", AVIF, image("image/avif", 320, 240)],
    ["circles+lines.png", "thumb", WEBP, image("image/webp", 320, 240)],
    ["circles+lines.png", "jpeg", WEBP, image("image/jpeg", 200, 150)],
    ["circles+lines.png", "low", CURL, image("image/png", 120, 90)],
    ["waves [wide].webp", "thumb", AVIF, image("image/avif", 320, 240)],
    ["waves [wide].webp", "thumb", WEBP, image("image/webp", 320, 240)],
    ["waves [wide].webp", "low", CURL, image("image/webp", 120, 90)],
    ["orbit.gif", "thumb", WEBP, image("image/webp", 320, 240)],
    ["orbit.gif", "jpeg", AVIF, image("image/jpeg", 200, 150)],
  ])("of %s the preset %s for %j", async (name, preset, accept, expected) => {
    const site = siteWithSamples([name]);
    const response = await site.visit(`/${encodeURIComponent(name)}?preset=${preset}`, { headers: { Accept: accept } });
    expect(await measured(response)).toEqual(expected);
  });
});

/** The rows of the page's table of bytes: address, then original, AVIF, WebP, type of the original. */
const ROWS = [
  ...page.matchAll(/^\| `\/([^`]+)\?preset=(\w+)` \| ([\d,]+) \| ([\d,]+) \| ([\d,]+) \| ([\d,]+) \|$/gm),
].map(([, name = "", preset = "", ...bytes]) => ({
  name,
  preset,
  bytes: bytes.map((text) => Number(text.replace(",", ""))),
}));

describe("the table of bytes in .github/docs/presets.md", () => {
  it("has rows", () => {
    expect(ROWS.length).toBeGreaterThan(3);
  });

  it.each(ROWS)("is right for $name in the preset $preset", async ({ name, preset, bytes }) => {
    const site = siteWithSamples([name], {
      thumb: { width: 320 },
      card: { width: 640, height: 480, fit: "cover", quality: 80 },
    });
    const path = `/${name.split("/").map(encodeURIComponent).join("/")}`;
    const measured = [sampleImage(name).length];
    for (const accept of [AVIF, WEBP, CURL]) {
      const response = await site.visit(`${path}?preset=${preset}`, { headers: { Accept: accept } });
      measured.push((await response.arrayBuffer()).byteLength);
    }
    // Another machine's encoder may differ by a little.
    for (const [index, expected] of bytes.entries()) {
      const ratio = (measured[index] ?? 0) / expected;
      expect({ measured, isClose: ratio > 0.95 && ratio < 1.05 }).toEqual({ measured, isClose: true });
    }
  });
});
