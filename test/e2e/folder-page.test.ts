import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CHROMIUM, launchChromium } from "./chromium.ts";
import { ODD_NAMES } from "./fixtures/odd-names.ts";
import { isMissing } from "./missing-tool.ts";
import { type Project, startProject } from "./project.ts";

/** A GIF of one pixel: to draw a hundred large ones takes a browser without a graphics card ten seconds. */
const DOT = Uint8Array.from(Buffer.from("R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs=", "base64"));
const HOSTILE = [
  "<img src=x onerror=alert(1)>.jpg",
  `" onclick="alert(1)" x=".jpg`,
  "<style><script>alert(1)<|script>.jpg",
];
/** In folders within folders, so that each step of the way has an odd name too. */
const DEEP = "deep & down/100% 山/it's #1?";
const NAMES = [...ODD_NAMES, ...HOSTILE].filter((name) => !name.includes("/") && !name.startsWith("."));

describe.skipIf(isMissing(CHROMIUM))("the page of a folder in Chromium", () => {
  let project: Project;
  let browser: Browser;
  const complaints: string[] = [];

  beforeAll(async () => {
    [project, browser] = await Promise.all([startProject({ vars: { LISTED_PREFIXES: "/" } }), launchChromium()]);
    for (const name of NAMES) project.b2.put("images", `${DEEP}/${name}`, { content: DOT, contentType: "image/gif" });
    project.b2.put("images", `${DEEP}/notes.txt`, { content: "some notes" });
    for (let n = 100; n < 320; n += 1) project.b2.put("images", `many/${n}.txt`, { content: String(n) });
  });
  afterAll(async () => {
    await browser?.close();
    await project?.stop();
  });

  async function open(
    path: string,
    options: Parameters<Browser["newContext"]>[0] = {},
  ): Promise<[Page, BrowserContext]> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    const page = await context.newPage();
    page.on("console", (message) => {
      // For a picture alone, the browser asks for an icon, which is not there.
      const isIcon = message.location().url.endsWith("/favicon.ico");
      if (["error", "warning"].includes(message.type()) && !isIcon) complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("dialog", (dialog) => complaints.push(`a dialog: ${dialog.message()}`));
    await page.goto(project.url + path, { waitUntil: "networkidle" });
    return [page, context];
  }

  it.each([
    { colorScheme: "light", viewport: { width: 1280, height: 900 } },
    { colorScheme: "dark", viewport: { width: 360, height: 740 } },
  ] as const)(
    "leads down to a deep folder, where every picture is drawn, with $colorScheme colours at $viewport.width pixels",
    async ({ colorScheme, viewport }) => {
      const [page, context] = await open("/deep%20&%20down/", { colorScheme, viewport });
      for (const name of ["100% 山", "it's #1?"]) {
        await page.getByRole("link", { name, exact: true }).click();
        await page.waitForLoadState("networkidle");
      }
      expect(await page.getByRole("heading", { level: 1 }).innerText()).toBe("it's #1?");
      // Images are fetched as they come into view.
      await page.$$eval(".shot img", async (all) => {
        for (const image of all) {
          image.scrollIntoView();
          await new Promise(requestAnimationFrame);
        }
      });
      await expect
        .poll(() => page.$$eval("img", (all) => all.filter((image) => image.naturalWidth === 0).length))
        .toBe(0);
      expect(await page.$$eval(".shot .name", (all) => all.map((name) => name.textContent).sort())).toEqual(
        NAMES.toSorted(),
      );
      expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBe(0);
      const picture = join(await mkdtemp(join(tmpdir(), "folder-page-")), `${viewport.width}-${colorScheme}.png`);
      await page.evaluate(() => window.scrollTo(0, 0));
      await page.screenshot({ path: picture });
      console.info(`folder page: ${picture}`);
      await context.close();
    },
  );

  it("leads back by the names above, and on by the next page", async () => {
    const [page, context] = await open(`/${encodeURIComponent("deep & down")}/${encodeURIComponent("100% 山")}/`);
    await page.getByRole("navigation", { name: "Folders above" }).getByRole("link", { name: "deep & down" }).click();
    await page.waitForURL("**/deep%20&%20down/");
    await page.goto(`${project.url}/many/`);
    await page.getByRole("link", { name: "Next page" }).click();
    await page.waitForURL("**/many/?after=299.txt");
    expect(await page.getByRole("listitem").count()).toBeGreaterThanOrEqual(20);
    await page.getByRole("link", { name: "First page" }).click();
    await page.waitForURL("**/many/");
    await context.close();
  });

  it.each(HOSTILE)("opens, downloads and copies the address of %j", async (name) => {
    const [page, context] = await open(`/${DEEP.split("/").map(encodeURIComponent).join("/")}/`, {
      permissions: ["clipboard-read", "clipboard-write"],
    });
    const item = page.getByRole("listitem").filter({ hasText: name });
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      item.getByRole("link", { name: `Download ${name}`, exact: true }).click(),
    ]);
    expect((await readFile(await download.path())).equals(DOT)).toBe(true);
    await item.getByRole("button", { name: `Copy the address of ${name}`, exact: true }).click();
    await expect.poll(() => page.getByRole("status").innerText()).toBe("Address copied");
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    await item.getByRole("link", { name, exact: true }).click();
    await page.waitForURL((url) => url.pathname.endsWith(".jpg"));
    expect(page.url()).toBe(copied);
    await context.close();
  });

  it("is used with the keyboard alone", async () => {
    const [page, context] = await open("/many/");
    const focused = () =>
      page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent);
    const reached: unknown[] = [];
    for (let n = 0; n < 4; n += 1) {
      await page.keyboard.press("Tab");
      reached.push(await focused());
    }
    expect(reached).toEqual(["Gallery", "100.txt", "Download 100.txt", "Copy the address of 100.txt"]);
    expect(await page.evaluate(() => getComputedStyle(document.activeElement ?? document.body).outlineStyle)).toBe(
      "solid",
    );
    await context.close();
  });

  it("has all but «copy» without script", async () => {
    const [page, context] = await open("/many/", { javaScriptEnabled: false });
    expect(await page.getByRole("button").count()).toBe(0);
    await page.getByRole("link", { name: "100.txt", exact: true }).click();
    await page.waitForURL("**/many/100.txt");
    await context.close();
  });

  it("shows pictures under hotlink protection, since the page tells where they are shown", async () => {
    const strict = await startProject({
      vars: { LISTED_PREFIXES: "/", ALLOWED_REFERERS: "good.example", ALLOW_EMPTY_REFERER: "false", INDEX_FILE: "" },
    });
    const page = await browser.newPage();
    await page.goto(`${strict.url}/night%20sky/`, { waitUntil: "networkidle" });
    expect(await page.$$eval("img", (all) => all.map((image) => image.naturalWidth > 0))).toEqual([true, true]);
    await page.close();
    await strict.stop();
  });

  it("draws the picture itself where its thumbnail cannot be made", async () => {
    const sized = await startProject({ vars: { LISTED_PREFIXES: "/", INDEX_FILE: "" }, presets: true });
    const page = await browser.newPage();
    const drawn = async () => {
      await page.goto(`${sized.url}/night%20sky/`, { waitUntil: "networkidle" });
      return await page.$$eval("img", (all) => all.map((image) => [new URL(image.src).search, image.naturalWidth > 0]));
    };
    // AVIF is never made smaller.
    expect(await drawn()).toEqual([
      ["", true],
      ["?preset=thumb", true],
    ]);
    await page.route("**/*preset=*", (route) => route.fulfill({ status: 503 }));
    expect(await drawn()).toEqual([
      ["", true],
      ["", true],
    ]);
    await page.close();
    await sized.stop();
  });

  it("makes the browser complain about nothing", () => {
    expect(complaints).toEqual([]);
  });
});
