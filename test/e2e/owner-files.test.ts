import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SAMPLE_DIR } from "../local-site/options.ts";
import { CHROMIUM, launchChromium } from "./chromium.ts";
import { isMissing } from "./missing-tool.ts";
import { type Project, startProject } from "./project.ts";
import { KEYS } from "./run-sign.ts";

const PASSWORD = "0123456789abcdef01234567";
const OWNER = { httpCredentials: { username: "whoever", password: PASSWORD } };
const VARS = { PRIVATE_PREFIXES: "clients", LISTED_PREFIXES: "photos" };

describe.skipIf(isMissing(CHROMIUM))("the owner's files in Chromium", () => {
  let project: Project;
  let browser: Browser;
  const complaints: string[] = [];

  beforeAll(async () => {
    const secrets = { OPERATOR_TOKEN: PASSWORD, URL_SIGNING_KEYS: KEYS };
    [project, browser] = await Promise.all([startProject({ vars: VARS, secrets }), launchChromium()]);
    const content = Uint8Array.from(await readFile(join(SAMPLE_DIR, "sunrise.jpg")));
    for (const name of ["photos/a.jpg", "clients/2026/b & c.jpg", "clients/2026/d.jpg", "clients/2026/gone.jpg"])
      project.b2.put("images", name, { content, contentType: "image/jpeg" });
    project.b2.hide("images", "clients/2026/gone.jpg");
  });
  afterAll(async () => {
    await browser?.close();
    await project?.stop();
  });

  async function open(path: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...OWNER, ...options });
    const page = await context.newPage();
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(project.url + path, { waitUntil: "networkidle" });
    return page;
  }

  const schemes = ["light", "dark"] as const;
  const sizes = [
    { width: 360, height: 740 },
    { width: 1280, height: 900 },
  ];

  it.each(schemes.flatMap((colorScheme) => sizes.map((viewport) => ({ colorScheme, viewport }))))(
    "lead to a private folder, where every picture is drawn, with $colorScheme colours at $viewport.width pixels",
    async ({ colorScheme, viewport }) => {
      const page = await open("/-/files", { colorScheme, viewport });
      await page.getByRole("link", { name: "clients private" }).click();
      await page.getByRole("link", { name: "2026 private" }).click();
      await page.waitForLoadState("networkidle");
      expect(await page.$$eval("img", (all) => all.map((image) => image.naturalWidth > 0))).toEqual([true, true]);
      expect(await page.getByRole("region", { name: "Not served" }).innerText()).toContain("hidden in B2");
      expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBe(0);
      const picture = join(await mkdtemp(join(tmpdir(), "owner-files-")), `${viewport.width}-${colorScheme}.png`);
      await page.screenshot({ path: picture });
      console.info(`owner's files: ${picture}`);
      await page.context().close();
    },
  );

  it("give a link to a folder away that opens it for somebody else, for as long as was chosen", async () => {
    const page = await open("/-/files?prefix=clients/2026/", { permissions: ["clipboard-read", "clipboard-write"] });
    await page.getByLabel("Signed links are valid for").selectOption("14 days");
    await page.getByRole("button", { name: "Set" }).click();
    await page.waitForURL("**life=14d");
    await page.getByRole("button", { name: "Copy address", exact: true }).click();
    await expect.poll(() => page.getByRole("status").innerText()).toBe("Address copied");
    const link = new URL(await page.evaluate(() => navigator.clipboard.readText()));
    await page.context().close();
    const daysLeft = (Number(link.searchParams.get("exp")) - Date.now() / 1000) / 86_400;
    expect(daysLeft).toBeCloseTo(14, 2);
    const client = await browser.newPage();
    await client.goto(link.href, { waitUntil: "networkidle" });
    expect(await client.getByRole("link", { name: "b & c.jpg", exact: true }).isVisible()).toBe(true);
    expect(await client.$$eval("img", (all) => all.map((image) => image.naturalWidth > 0))).toEqual([true, true]);
    expect(await client.getByText(/^This link works until /).isVisible()).toBe(true);
    await client.close();
  });

  it.each([true, false])("purge a picture and a folder, with script: %j", async (javaScriptEnabled) => {
    const page = await open("/-/files?prefix=photos/", { javaScriptEnabled });
    for (const name of ["Purge a.jpg", "Purge all"]) {
      await page.getByRole("button", { name, exact: true }).click();
      await page.waitForURL("**/-/purge");
      expect(await page.getByRole("alert").innerText()).toContain("there is no cache in front of this Worker");
      await page.goBack();
    }
    await page.context().close();
  });

  it("make the browser complain about nothing", () => {
    expect(complaints).toEqual([]);
  });
});
