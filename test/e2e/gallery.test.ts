import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SAMPLE_DIR } from "../local-b2/start-options.ts";
import { findSamplePaths } from "../local-b2/start-sample-urls.ts";
import { launchChromium, skipsWithoutChromium } from "./chromium.ts";
import { type Project, startProject } from "./worker-under-dev.ts";

describe.skipIf(skipsWithoutChromium())("the gallery in Chromium", () => {
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
  }, 90_000);

  afterAll(async () => {
    await browser?.close();
    await project?.stop();
  }, 30_000);

  it("draws every sample image", async () => {
    const images = await page.$$eval("img", (found) =>
      found.map((image) => ({ path: new URL(image.src).pathname, width: image.naturalWidth, alt: image.alt })),
    );
    const byPath = (a: string, b: string) => (a < b ? -1 : 1);
    const samples = await findSamplePaths(SAMPLE_DIR, 100);
    expect(images.map(({ path }) => path).sort(byPath)).toEqual([...samples].sort(byPath));
    expect(images.filter(({ width }) => width === 0)).toEqual([]);
    expect(images.filter(({ alt }) => alt === "")).toEqual([]);
  });

  it("is styled in spite of the sandbox policy", async () => {
    const display = await page.$eval("ul", (list) => getComputedStyle(list).display);
    expect(display).toBe("grid");
  });

  it("makes the browser complain about nothing", () => {
    expect(complaints).toEqual([]);
  });

  it("has a link to each picture that opens it", async () => {
    await page.click("text=painter's palette.avif");
    await page.waitForLoadState("networkidle");
    expect(decodeURIComponent(new URL(page.url()).pathname)).toBe("/painter's palette.avif");
    expect(await page.$eval("img", (image) => image.naturalWidth)).toBe(800);
    expect(complaints).toEqual([]);
  });
});
