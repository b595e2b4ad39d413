import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CHROMIUM, launchChromium } from "./chromium.ts";
import { isMissing } from "./missing-tool.ts";
import { type Project, startProject } from "./project.ts";
import { SAMPLE_PATHS } from "./sample-paths.ts";

describe.skipIf(isMissing(CHROMIUM))("the gallery in Chromium", () => {
  let project: Project;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    [project, browser] = await Promise.all([startProject(), launchChromium()]);
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("requestfailed", (request) => complaints.push(`${request.url()} failed`));
    await page.goto(`${project.url}/`, { waitUntil: "networkidle" });
  });

  afterAll(async () => {
    await browser?.close();
    await project?.stop();
  });

  it("draws every sample image", async () => {
    const images = await page.$$eval("img", (found) =>
      found.map((image) => ({ path: new URL(image.src).pathname, width: image.naturalWidth, alt: image.alt })),
    );
    expect(images.map(({ path }) => path).sort()).toEqual(SAMPLE_PATHS.toSorted());
    expect(images.filter(({ width }) => width === 0)).toEqual([]);
    expect(images.filter(({ alt }) => alt === "")).toEqual([]);
  });

  it("is styled in spite of the sandbox policy", async () => {
    expect(await page.$eval("ul", (list) => getComputedStyle(list).display)).toBe("grid");
  });

  it("leaves a screenshot for a person to look at", async () => {
    const path = join(await mkdtemp(join(tmpdir(), "gallery-")), "gallery.png");
    const screenshot = await page.screenshot({ path, fullPage: true });
    expect(screenshot.length).toBeGreaterThan(50_000);
    console.info(`gallery: ${path}`);
  });

  it("makes the browser complain about nothing", () => {
    expect(complaints).toEqual([]);
  });

  it("has a link to each image that opens it", async () => {
    // A page of its own: a click by Playwright runs script, and Chromium says that the sandbox forbids it.
    const visitor = await browser.newPage();
    await visitor.goto(`${project.url}/`, { waitUntil: "networkidle" });
    await visitor.click("text=painter's palette.avif");
    await visitor.waitForURL("**/painter's%20palette.avif");
    expect(await visitor.$eval("img", (image) => image.naturalWidth)).toBe(800);
    await visitor.close();
  });
});
