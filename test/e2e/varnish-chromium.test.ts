import type { Browser, BrowserContext } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { signUrl } from "../../src/access/signed-url.ts";
import { CHROMIUM, launchChromium } from "./chromium.ts";
import { isMissing } from "./missing-tool.ts";
import { type PlainServer, servePlainly } from "./plain-server.ts";
import { type CachedProject, startCachedProject } from "./varnish/cached-project.ts";
import { isVarnishMissing } from "./varnish/start-varnish.ts";

const KEY = { id: "k1", secret: "0123456789abcdef0123456789abcdef" };
const SETTINGS = { PRIVATE_PREFIXES: "private", URL_SIGNING_KEYS: `${KEY.id}:${KEY.secret}` };
const SVG = `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"><rect width="40" height="30" fill="#0a0"/></svg>`;
const DAY_MS = 86_400_000;
/** Cloudflare's copy is fresh for three days. */
const FRESH_AGES = [2.99, 2, 1.01, 0.99, 0.5, 0];
/** Neither the copy nor what a browser gets of it is fresh then: to show that this test can fail. */
const STALE_AGE = 4.01;

describe.skipIf([isVarnishMissing(), isMissing(CHROMIUM)].includes(true))(
  "Chromium, when the copy in the cache is some days old",
  () => {
    let site: CachedProject;
    let browser: Browser;
    let context: BrowserContext;
    let otherSite: PlainServer;
    const links = new Map<string, string>();

    beforeAll(async () => {
      const oldest = Math.max(STALE_AGE, ...FRESH_AGES);
      [site, browser, otherSite] = await Promise.all([
        startCachedProject(SETTINGS, -oldest * DAY_MS),
        launchChromium(),
        servePlainly({ "/": { type: "text/html", body: "<!doctype html><title>another site</title>" } }),
      ]);
      context = await browser.newContext();
      for (const age of [STALE_AGE, ...FRESH_AGES]) {
        await site.varnish.setClock(-age * DAY_MS);
        for (const path of [`/${age}.svg`, `/private/${age}.svg`]) await storeCopy(path);
      }
      await site.varnish.setClock(0);
    });
    afterAll(async () => {
      await browser?.close();
      await otherSite?.close();
      await site?.stop();
    });

    async function storeCopy(path: string): Promise<void> {
      site.project.b2.put("images", path.slice(1), { content: SVG, contentType: "image/svg+xml" });
      const expiresAtSeconds = Math.floor(Date.now() / 1000) + 30 * 86_400;
      const link = await signUrl({ baseUrl: site.url, canonicalPath: path, preset: "", key: KEY, expiresAtSeconds });
      const url = path.startsWith("/private/") ? link : site.url + path;
      links.set(path, url);
      expect((await site.ask(url.slice(site.url.length))).status).toBe(200);
      await site.settled();
    }

    /** The bytes that came over the wire for a picture on a page that was just opened. */
    async function view(url = ""): Promise<number | undefined> {
      const page = await context.newPage();
      await page.goto(otherSite.url);
      const transferSize = await page.evaluate(async (src) => {
        const image = new Image();
        image.src = src;
        await image.decode();
        const [entry] = performance.getEntriesByName(src);
        return entry instanceof PerformanceResourceTiming ? entry.transferSize : undefined;
      }, url);
      await page.close();
      return transferSize;
    }

    it.each(FRESH_AGES)("shows a picture for the second time without asking: %s days", async (age) => {
      const url = links.get(`/${age}.svg`);
      expect(await view(url)).toBeGreaterThan(SVG.length);
      expect(await view(url)).toBe(0);
    });

    it.each(FRESH_AGES)("shows a private picture for the second time without asking: %s days", async (age) => {
      const url = links.get(`/private/${age}.svg`);
      expect(await view(url)).toBeGreaterThan(SVG.length);
      expect(await view(url)).toBe(0);
    });

    it.each(["", "/private"])("asks again when neither the copy nor its own is fresh: %j", async (folder) => {
      const url = links.get(`${folder}/${STALE_AGE}.svg`);
      expect(await view(url)).toBeGreaterThan(SVG.length);
      expect(await view(url)).toBeGreaterThan(0);
    });
  },
);
