import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page, Response } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { canonicalPath } from "../../src/b2/file-name.ts";
import { type GalleryPage, startGalleryPage } from "../local-site/gallery-page.ts";
import { SAMPLE_DIR } from "../local-site/options.ts";
import { CHROMIUM, launchChromium } from "./chromium.ts";
import { isMissing } from "./missing-tool.ts";
import { type Project, startProject } from "./project.ts";

const TYPES = {
  JPEG: "image/jpeg",
  PNG: "image/png",
  WebP: "image/webp",
  AVIF: "image/avif",
  GIF: "image/gif",
  SVG: "image/svg+xml",
};

describe.skipIf(isMissing(CHROMIUM))("presets in Chromium", () => {
  let project: Project;
  let browser: Browser;
  let gallery: GalleryPage;

  beforeAll(async () => {
    [project, browser] = await Promise.all([startProject({ presets: true }), launchChromium()]);
    gallery = await startGalleryPage(project.url);
  });

  afterAll(async () => {
    await gallery?.close();
    await browser?.close();
    await project?.stop();
  });

  /** Shows one image alone, as `img` asks for it. */
  async function shown(page: Page, path: string) {
    const answered = page.waitForResponse(`${project.url}${path}`);
    await page.setContent(`<img src="${project.url}${path}">`);
    const response = await answered;
    const sides = await page.$eval("img", async (image) => {
      await image.decode();
      return { width: image.naturalWidth, height: image.naturalHeight };
    });
    return { ...sides, type: response.headers()["content-type"], bytes: (await response.body()).length };
  }

  it.each([
    ["sunrise.jpg", "thumb", "image/avif", 320, 240],
    ["sunrise.jpg", "card", "image/avif", 640, 480],
    ["🌈 rainbow.png", "thumb", "image/avif", 320, 240],
    ["山水.webp", "thumb", "image/avif", 320, 240],
    ["orbit.gif", "thumb", "image/webp", 320, 240],
  ])("%s in the preset %s is %s, %i × %i, and smaller", async (name, preset, type, width, height) => {
    const page = await browser.newPage();
    const image = await shown(page, `${canonicalPath(name)}?preset=${preset}`);
    await page.close();
    expect(image).toMatchObject({ type, width, height });
    expect(image.bytes).toBeLessThan((await stat(join(SAMPLE_DIR, name))).size);
  });

  it("an SVG is the original", async () => {
    const response = await fetch(`${project.url}/compass.svg?preset=thumb`);
    const content = Buffer.from(await response.arrayBuffer());
    expect(content).toEqual(await readFile(join(SAMPLE_DIR, "compass.svg")));
    expect(response.headers.get("Content-Security-Policy")).toContain("sandbox");
  });

  it.each([
    ["a wide screen", 1280, 1, "?preset=thumb"],
    ["a wide screen of two pixels a pixel", 1280, 2, "?preset=card"],
    ["a telephone of three", 400, 3, ""],
  ])("%s gets the size that fits it", async (_, width, deviceScaleFactor, query) => {
    const page = await browser.newPage({ viewport: { width, height: 800 }, deviceScaleFactor });
    // A dozen presets take seconds to make.
    await page.route(
      (url) => !["/", "/sunrise.jpg"].includes(url.pathname),
      (route) => route.abort(),
    );
    await page.goto(`${project.url}/`, { waitUntil: "networkidle" });
    const chosen = await page.$eval('img[src="sunrise.jpg"]', (image) => (image as HTMLImageElement).currentSrc);
    await page.close();
    expect(chosen).toBe(`${project.url}/sunrise.jpg${query}`);
  });

  describe("a page of another site tells under each picture what was saved:", () => {
    let page: Page;
    const answers = new Map<string, { bytes: number; type: string | undefined }>();
    const complaints: string[] = [];

    beforeAll(async () => {
      page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
      page.on("console", (message) => complaints.push(message.text()));
      page.on("pageerror", (error) => complaints.push(error.message));
      const arriving: Promise<void>[] = [];
      page.on("response", (response) => {
        if (response.request().resourceType() === "image") arriving.push(keep(response));
      });
      await page.goto(gallery.url, { waitUntil: "networkidle" });
      await Promise.all(arriving);
    });

    async function keep(response: Response): Promise<void> {
      const type = response.headers()["content-type"];
      answers.set(response.url(), { bytes: (await response.body()).length, type });
    }

    it("its bytes, those of the original, and its type, as they are", async () => {
      const figures = await page.$$eval("figure", (found) =>
        found.map((figure) => {
          const image = figure.querySelector("img");
          return {
            text: figure.querySelector("span")?.textContent ?? "",
            src: image?.src ?? "",
            chosen: image?.currentSrc ?? "",
          };
        }),
      );
      expect(figures).toHaveLength(12);
      let saved = 0;
      for (const { text, src, chosen } of figures) {
        const [, own, original, type] = /^(?:(\d+) KB of )?(\d+) KB, (\w+)$/.exec(text) ?? [];
        const { size } = await stat(join(SAMPLE_DIR, decodeURIComponent(new URL(src).pathname)));
        expect({ text, original }).toEqual({ text, original: kilobytes(size) });
        const answer = answers.get(chosen);
        expect({ text, own: own ?? original }).toEqual({ text, own: kilobytes(answer?.bytes ?? 0) });
        expect({ text, type: TYPES[type as keyof typeof TYPES] }).toEqual({ text, type: answer?.type });
        if (own !== undefined) saved += 1;
      }
      // All but the drawing and the animation.
      expect(saved).toBe(10);
    });

    it("without a complaint of the browser", () => {
      expect(complaints).toEqual([]);
    });
  });
});

function kilobytes(bytes: number): string {
  return String(Math.max(1, Math.round(bytes / 1000)));
}
