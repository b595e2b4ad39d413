import { readFile } from "node:fs/promises";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CHROMIUM, launchChromium } from "./chromium.ts";
import { isMissing } from "./missing-tool.ts";
import { type PlainServer, servePlainly } from "./plain-server.ts";
import { type Project, startProject } from "./project.ts";
import { spreadMp4 } from "./spread-mp4.ts";

const CLIP = new URL("fixtures/clip.mp4", import.meta.url);
/** Far more than Chromium reads ahead. */
const GAP_BYTES = 32 * 1024 * 1024;

describe.skipIf(isMissing(CHROMIUM))("an MP4 in Chromium", () => {
  let project: Project;
  let browser: Browser;
  let plain: PlainServer;

  beforeAll(async () => {
    [project, browser] = await Promise.all([startProject(), launchChromium()]);
    const content = spreadMp4(await readFile(CLIP), GAP_BYTES);
    project.b2.put("images", "clip.mp4", { content, contentType: "video/mp4" });
    const body = `<video preload="metadata" muted src="${project.url}/clip.mp4"></video>`;
    plain = await servePlainly({ "/": { type: "text/html", body } });
  });
  afterAll(async () => {
    await browser?.close();
    await plain?.close();
    await project?.stop();
  });

  it("jumps to a moment whose bytes are far away, with a range", async () => {
    const page = await browser.newPage();
    const starts: number[] = [];
    page.on("response", (response) => {
      const range = /^bytes (\d+)-/.exec(response.headers()["content-range"] ?? "");
      if (response.status() === 206 && range !== null) starts.push(Number(range[1]));
    });
    await page.goto(plain.url);
    const video = await page.waitForSelector("video");
    const second = await video.evaluate(
      (element) =>
        new Promise<number>((resolve, reject) => {
          const player = element as HTMLVideoElement;
          player.addEventListener("error", () => reject(new Error(player.error?.message)));
          player.addEventListener("seeked", () => resolve(player.currentTime));
          player.currentTime = 11;
        }),
    );
    expect(second).toBeCloseTo(11);
    expect(Math.max(...starts)).toBeGreaterThan(GAP_BYTES);
    await page.close();
  });
});
