import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CHROMIUM, launchChromium } from "./chromium.ts";
import { isMissing } from "./missing-tool.ts";
import { type PlainServer, servePlainly } from "./plain-server.ts";
import { type Project, startProject } from "./project.ts";

const PICTURE = "/compass.svg";
/** How Chromium calls an answer to a request for an image that is none: here the text of the 403. */
const NO_IMAGE = "net::ERR_BLOCKED_BY_ORB";
/** The page, and all that it loads, send no `Referer`. */
const HIDE = `<meta name="referrer" content="no-referrer">`;

type Outcome = number | string;

/** Each name under `localhost` is a site of its own for Chromium, and this machine. */
describe.skipIf(isMissing(CHROMIUM))("a page on another site, with ALLOWED_REFERERS and Chromium's own fields", () => {
  let project: Project;
  let browser: Browser;
  let pages: PlainServer;

  beforeAll(async () => {
    pages = await servePlainly({ "/": { type: "text/html", body: "<!doctype html><title>a page</title>" } });
    const vars = { ALLOWED_REFERERS: "good.localhost" };
    [browser, project] = await Promise.all([launchChromium(), startProject({ vars })]);
    project.b2.put("images", "own.html", {
      content: `<!doctype html><img src="${PICTURE}">`,
      contentType: "text/html",
    });
  });
  afterAll(async () => {
    await browser?.close();
    await Promise.all([pages?.close(), project?.stop()]);
  });

  it.each<[string, string, string, Outcome]>([
    ["of the list shows a picture", "good", `<img src="URL">`, 200],
    ["of the list that hides its name does not", "good", `<img src="URL" referrerpolicy="no-referrer">`, NO_IMAGE],
    ["does not show it in an img", "evil", `<img src="URL">`, NO_IMAGE],
    ["that hides its name does not", "evil", `<img src="URL" referrerpolicy="no-referrer">`, NO_IMAGE],
    ["that hides all names does not", "evil", `${HIDE}<img src="URL">`, NO_IMAGE],
    ["does not with crossorigin", "evil", `<img src="URL" crossorigin referrerpolicy="no-referrer">`, 403],
    ["does not in a frame", "evil", `<iframe src="URL" referrerpolicy="no-referrer"></iframe>`, 403],
    ["does not in an object", "evil", `${HIDE}<object data="URL" type="image/svg+xml"></object>`, 403],
    ["does not in an embed", "evil", `${HIDE}<embed src="URL" type="image/svg+xml">`, 403],
    ["does not as a background", "evil", `${HIDE}<body style="background: url(URL)">`, NO_IMAGE],
    ["does not as a poster", "evil", `${HIDE}<video poster="URL"></video>`, NO_IMAGE],
  ])("%s", async (_, site, html, outcome) => {
    const page = await open(site);
    expect(await outcomeOf(page, () => write(page, html.replace("URL", project.url + PICTURE)))).toBe(outcome);
    await page.close();
  });

  it("does not show it by a fetch without CORS, as a service worker can make it", async () => {
    const page = await open("evil");
    const ask = () =>
      page.evaluate(
        (url) => fetch(url, { mode: "no-cors", referrerPolicy: "no-referrer" }).then(() => undefined),
        project.url + PICTURE,
      );
    expect(await outcomeOf(page, ask)).toBe(403);
    await page.close();
  });

  it("leads to it with a link that hides its name", async () => {
    const page = await open("evil");
    await write(page, `<a rel="noreferrer" href="${project.url}${PICTURE}">a picture</a>`);
    expect(await outcomeOf(page, () => page.click("a"))).toBe(200);
    await page.close();
  });

  it("is not needed: a typed address opens it", async () => {
    const page = await browser.newPage();
    expect(await outcomeOf(page, () => page.goto(project.url + PICTURE))).toBe(200);
    await page.close();
  });

  it("is refused too when it is in the bucket: it runs in a sandbox, which names no site and belongs to none", async () => {
    const page = await browser.newPage();
    expect(await outcomeOf(page, () => page.goto(`${project.url}/own.html`))).toBe(NO_IMAGE);
    await page.close();
  });

  async function open(site: string): Promise<Page> {
    const page = await browser.newPage();
    await page.goto(pages.url.replace("127.0.0.1", `${site}.localhost`));
    return page;
  }
});

async function write(page: Page, html: string): Promise<void> {
  await page.evaluate((text) => {
    document.open();
    document.write(text);
    document.close();
  }, html);
}

/** The status of the picture's answer as the browser got it, or why it did not even let the page have it. */
async function outcomeOf(page: Page, ask: () => Promise<unknown>): Promise<Outcome> {
  const answered = new Promise<Outcome>((resolve) => {
    const isPicture = (url: string) => new URL(url).pathname === PICTURE;
    page.on("response", (response) => isPicture(response.url()) && resolve(response.status()));
    page.on("requestfailed", (request) => isPicture(request.url()) && resolve(request.failure()?.errorText ?? ""));
  });
  await ask();
  return await answered;
}
