import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CHROMIUM, launchChromium } from "./chromium.ts";
import { isMissing } from "./missing-tool.ts";
import { servePlainly } from "./plain-server.ts";
import { type Project, startProject } from "./project.ts";

const PASSWORD = "0123456789abcdef01234567";
const OWNER = { httpCredentials: { username: "whoever", password: PASSWORD } };
const SECRETS = { OPERATOR_TOKEN: PASSWORD };
const NOTHING_PURGED = "Nothing was purged: there is no cache in front of this Worker, as always under wrangler dev.";

describe.skipIf(isMissing(CHROMIUM))("the owner's page in Chromium", () => {
  let project: Project;
  let browser: Browser;
  const complaints: string[] = [];

  beforeAll(async () => {
    [project, browser] = await Promise.all([startProject({ secrets: SECRETS }), launchChromium()]);
    project.b2.faults([{ operation: "b2_authorize_account", times: 1, status: 401, code: "unauthorized" }]);
    await project.fireCron();
    await project.fireCron();
  });
  afterAll(async () => {
    await browser?.close();
    await project?.stop();
  });

  async function open(options: BrowserContextOptions = OWNER): Promise<[Page, BrowserContext]> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    const page = await context.newPage();
    page.on("console", (message) => {
      // That something is refused is what some of these tests are about.
      const isRefusal = /responded with a status of 40[03]/.test(message.text());
      if (["error", "warning"].includes(message.type()) && !isRefusal) complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(`${project.url}/-/status`);
    return [page, context];
  }

  const marks = (page: Page, lane: string) =>
    page.evaluate((name) => {
      const index = [...document.querySelectorAll(".chart > ul li")].findIndex((item) => item.textContent === name);
      return document.querySelectorAll(".chart > svg > g")[index]?.querySelectorAll(".run").length ?? 0;
    }, lane);

  const schemes = ["light", "dark"] as const;
  const sizes = [
    { width: 360, height: 740 },
    { width: 1280, height: 900 },
  ];

  it.each(schemes.flatMap((colorScheme) => sizes.map((viewport) => ({ colorScheme, viewport }))))(
    "says what matters, and fits, with $colorScheme colours at $viewport.width pixels",
    async ({ colorScheme, viewport }) => {
      const [page, context] = await open({ ...OWNER, colorScheme, viewport });
      expect(await page.getByRole("heading", { level: 1 }).innerText()).toBe("Pictures are served");
      expect(await page.getByText("The token is valid until").isVisible()).toBe(true);
      expect(await marks(page, "by cron")).toBe(3);
      expect(await page.getByRole("img", { name: "The last 3 rotations, of which 1 failed." }).isVisible()).toBe(true);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBe(0);
      // What is drawn must be seen on its ground.
      for (const selector of [".health h1", ".health p", ".quiet", "tr.default td"])
        expect([selector, await contrastOf(page, selector)]).toEqual([
          selector,
          expect.toSatisfy((ratio) => ratio >= 4.5),
        ]);
      const picture = join(await mkdtemp(join(tmpdir(), "owner-page-")), `${viewport.width}-${colorScheme}.png`);
      await page.screenshot({ path: picture, fullPage: true });
      console.info(`owner's page: ${picture}`);
      await context.close();
    },
  );

  it("gets a new token, and shows its mark, with the keyboard alone", async () => {
    const [page, context] = await open();
    expect(await marks(page, "by you")).toBe(0);
    for (const name of ["Files", "Get a new token now"]) {
      await page.keyboard.press("Tab");
      expect(await page.evaluate(() => document.activeElement?.textContent)).toBe(name);
    }
    expect(await page.evaluate(() => getComputedStyle(document.activeElement ?? document.body).outlineStyle)).toBe(
      "solid",
    );
    await page.keyboard.press("Enter");
    await page.waitForURL("**/-/rotate");
    expect(await page.getByRole("alert").innerText()).toContain("There is a new token.");
    expect(await marks(page, "by you")).toBe(1);
    await context.close();
  });

  it("purges with the keyboard alone, and says what came of it", async () => {
    const [page, context] = await open();
    for (const name of ["Files", "Get a new token now", "The same as a table"]) {
      await page.keyboard.press("Tab");
      expect(await page.evaluate(() => document.activeElement?.textContent)).toBe(name);
    }
    await page.keyboard.press("Tab");
    await page.keyboard.type("photos/red cat.jpg");
    expect(await page.getByLabel("Pictures, one per line").inputValue()).toBe("photos/red cat.jpg");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/-/purge");
    expect(await page.getByRole("alert").innerText()).toBe(NOTHING_PURGED);
    await page.getByLabel("Everything that begins with").fill("../");
    await page.keyboard.press("Enter");
    await page.getByText("«../» is not the beginning of a path that can be served here.").waitFor();
    await context.close();
  });

  it("works without script", async () => {
    const [page, context] = await open({ ...OWNER, javaScriptEnabled: false });
    await page.getByText("Everything", { exact: true }).click();
    await page.getByRole("button", { name: "Purge everything" }).click();
    await page.waitForURL("**/-/purge");
    expect(await page.getByRole("alert").innerText()).toBe(NOTHING_PURGED);
    await context.close();
  });

  it.each([
    { name: "with a wrong password", options: { httpCredentials: { username: "owner", password: `${PASSWORD}0` } } },
    { name: "without one", options: {} },
  ])("shows nothing $name", async ({ options }) => {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const statuses: number[] = [];
    page.on("response", (response) => statuses.push(response.status()));
    // Where nobody is there to be asked for a password, Chromium shows a page of its own.
    await page.goto(`${project.url}/-/status`).catch(() => undefined);
    await expect.poll(() => new Set(statuses)).toEqual(new Set([401]));
    const seen = await page.evaluate(() => document.documentElement.outerHTML).catch(() => "");
    for (const words of ["Pictures are served", "local-key-id", "Rotations"]) expect(seen).not.toContain(words);
    await context.close();
  });

  it("takes no form from another site, although the browser knows the password", async () => {
    const form = `<!doctype html><link rel="icon" href="data:,"><form method="post" action="${project.url}/-/rotate"><button>Win</button></form>`;
    const otherSite = await servePlainly({ "/": { type: "text/html", body: form } });
    const [page, context] = await open();
    await page.goto(otherSite.url);
    const [response] = await Promise.all([
      page.waitForResponse((each) => each.url().endsWith("/-/rotate")),
      page.getByRole("button").click(),
    ]);
    expect(response.status()).toBe(403);
    await context.close();
    await otherSite.close();
  });

  it("makes the browser complain about nothing", () => {
    expect(complaints).toEqual([]);
  });
});

/** The contrast of a text with what is behind it (WCAG 2.2, 1.4.3): 4.5 is enough for small text. */
async function contrastOf(page: Page, selector: string): Promise<number> {
  return await page.evaluate((wanted) => {
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const element = document.querySelector(wanted);
    if (canvas === null || element === null) return 0;
    const paint = (colour: string) => {
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
    };
    const luminance = () => {
      const [red = 0, green = 0, blue = 0] = [...canvas.getImageData(0, 0, 1, 1).data].map((byte) => {
        const part = byte / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const grounds: string[] = [];
    for (let each: Element | null = element; each !== null; each = each.parentElement)
      grounds.unshift(getComputedStyle(each).backgroundColor);
    paint("white");
    for (const ground of grounds) paint(ground);
    const behind = luminance();
    paint(getComputedStyle(element).color);
    const text = luminance();
    return (Math.max(text, behind) + 0.05) / (Math.min(text, behind) + 0.05);
  }, selector);
}
