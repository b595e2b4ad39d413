import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CHROMIUM, launchChromium } from "./chromium.ts";
import { isMissing } from "./missing-tool.ts";
import { type Page as PlainPage, type PlainServer, servePlainly } from "./plain-server.ts";
import { type Project, startProject } from "./project.ts";

// Each script paints the page red and tells the plain server that it ran.
const HTML = (spy: string) => `<!doctype html><title>calm</title><body style="background:#0a0">
<script>document.title = "ran"; document.body.style.background = "#f00"; new Image().src = "${spy}/ran"</script>`;
const SVG = (spy: string) => `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30">
<title>calm</title><rect width="40" height="30" fill="#0a0"/>
<script>document.querySelector("title").textContent = "ran";
document.querySelector("rect").setAttribute("fill", "#f00");
new Image().src = "${spy}/ran"</script></svg>`;

describe.skipIf(isMissing(CHROMIUM))("a file of the bucket with a script, opened as a page", () => {
  let project: Project;
  let browser: Browser;
  let plain: PlainServer;
  const pages: Record<string, PlainPage> = {};

  beforeAll(async () => {
    [project, browser, plain] = await Promise.all([startProject(), launchChromium(), servePlainly(pages)]);
    pages["/act.html"] = { type: "text/html", body: HTML(plain.url) };
    pages["/act.svg"] = { type: "image/svg+xml", body: SVG(plain.url) };
    pages["/ran"] = { type: "image/svg+xml", body: SVG("") };
    for (const name of ["act.html", "act.svg"]) {
      const page = pages[`/${name}`];
      if (page !== undefined) project.b2.put("images", name, { content: page.body, contentType: page.type });
    }
  });
  afterAll(async () => {
    await browser?.close();
    await plain?.close();
    await project?.stop();
  });

  it.each(["/act.html", "/act.svg"])("does not run the script of %s", async (path) => {
    expect(await open(project.url + path)).toEqual({ title: "calm", ran: false });
  });

  // The control: without the Worker's policy the same file does act.
  it.each(["/act.html", "/act.svg"])("would run the script of %s without the Worker's policy", async (path) => {
    expect(await open(plain.url + path)).toEqual({ title: "ran", ran: true });
  });

  it("draws the same SVG in an img of another site, in its own colour", async () => {
    pages["/site"] = { type: "text/html", body: `<img crossorigin src="${project.url}/act.svg">` };
    const page = await browser.newPage();
    await page.goto(`${plain.url}/site`, { waitUntil: "networkidle" });
    const pixel = await page.$eval("img", (image) => {
      const context = Object.assign(document.createElement("canvas"), { width: 40, height: 30 }).getContext("2d");
      context?.drawImage(image, 0, 0);
      return [image.naturalWidth, ...(context?.getImageData(20, 15, 1, 1).data ?? [])];
    });
    expect(pixel).toEqual([40, 0, 170, 0, 255]);
    await page.close();
  });

  async function open(url: string): Promise<{ title: string; ran: boolean }> {
    const page = await browser.newPage();
    const askedBefore = plain.asked.length;
    await page.goto(url, { waitUntil: "networkidle" });
    const title = await page.title();
    await page.close();
    return { title, ran: plain.asked.slice(askedBefore).includes("/ran") };
  }
});
