import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CHROMIUM, launchChromium } from "./chromium.ts";
import { isMissing } from "./missing-tool.ts";
import { type PlainServer, servePlainly } from "./plain-server.ts";
import { type Project, startProject } from "./project.ts";

const IMAGE = "/green.svg";
const GREEN = [0, 170, 0, 255];
const SVG = `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"><rect width="40" height="30" fill="#0a0"/></svg>`;
const PAGE = { "/": { type: "text/html", body: "<!doctype html><title>another site</title>" } };

describe.skipIf(isMissing(CHROMIUM))("a page of another origin", () => {
  let project: Project;
  let browser: Browser;
  const sites: PlainServer[] = [];
  /** A page of the site that CORS_ALLOW_ORIGINS names, and one of another site. */
  let named: Page;
  let other: Page;

  beforeAll(async () => {
    const [namedSite, otherSite] = await Promise.all([servePlainly(PAGE), servePlainly(PAGE)]);
    sites.push(namedSite, otherSite);
    const vars = { CORS_ALLOW_ORIGINS: `https://good.example, ${namedSite.url}` };
    [browser, project] = await Promise.all([launchChromium(), startProject({ vars })]);
    project.b2.put("images", "green.svg", { content: SVG, contentType: "image/svg+xml" });
    [named, other] = await Promise.all([open(namedSite), open(otherSite)]);
  });
  afterAll(async () => {
    await browser?.close();
    await Promise.all([...sites.map((site) => site.close()), project?.stop()]);
  });

  async function open(site: PlainServer): Promise<Page> {
    const page = await browser.newPage();
    await page.goto(site.url);
    return page;
  }

  it("in CORS_ALLOW_ORIGINS reads the pixels of an image with a canvas", async () => {
    const drawn = await draw(named, { url: project.url + IMAGE, crossOrigin: "anonymous" });
    expect(drawn).toEqual({ loaded: true, pixel: GREEN });
  });

  it("not in it cannot: the image does not load with crossorigin, and the canvas is tainted without", async () => {
    const url = project.url + IMAGE;
    expect(await draw(other, { url, crossOrigin: "anonymous" })).toEqual({ loaded: false, pixel: "none" });
    expect(await draw(other, { url, crossOrigin: null })).toEqual({ loaded: true, pixel: "SecurityError" });
  });

  it("in it reads the fields of an answer after a preflight, and one that is not in it reads nothing", async () => {
    const url = project.url + IMAGE;
    const fields = { Range: "bytes=0-7, 9-", "If-None-Match": '"x"' };
    expect(await readWith(named, url, fields)).toMatchObject({
      status: 200,
      etag: expect.stringMatching(/^"/),
    });
    expect(await readWith(other, url, fields)).toBe("TypeError");
  });

  it("in it learns that a file is not there, and one that is not in it does not", async () => {
    const url = `${project.url}/nothing.png`;
    expect(await readWith(named, url, {})).toMatchObject({ status: 404 });
    expect(await readWith(other, url, {})).toBe("TypeError");
  });
});

interface Drawing {
  url: string;
  crossOrigin: string | null;
}

/** Draws an image on a canvas and reads one pixel; the name of the error when the browser forbids it. */
function draw(page: Page, drawing: Drawing): Promise<{ loaded: boolean; pixel: number[] | string }> {
  return page.evaluate(async ({ url, crossOrigin }) => {
    const image = new Image();
    image.crossOrigin = crossOrigin;
    image.src = url;
    const loaded = await image.decode().then(
      () => true,
      () => false,
    );
    if (!loaded) return { loaded, pixel: "none" };
    const context = document.createElement("canvas").getContext("2d");
    context?.drawImage(image, 0, 0);
    try {
      return { loaded, pixel: [...(context?.getImageData(9, 9, 1, 1).data ?? [])] };
    } catch (error) {
      return { loaded, pixel: error instanceof DOMException ? error.name : String(error) };
    }
  }, drawing);
}

function readWith(page: Page, url: string, headers: Record<string, string>) {
  return page.evaluate(
    async (asked) => {
      try {
        const response = await fetch(asked.url, { headers: asked.headers });
        return { status: response.status, etag: response.headers.get("ETag") };
      } catch (error) {
        return error instanceof Error ? error.name : String(error);
      }
    },
    { url, headers },
  );
}
