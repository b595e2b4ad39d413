import { expect, it } from "vitest";
import { contentOf } from "../support/content-of.ts";
import { createSiteWithToken, type TestSite } from "../support/site.ts";

const PAGE = "404.html";
const DOWNLOAD = "b2_download_file_by_name";

async function siteWithPage(): Promise<TestSite> {
  const site = await createSiteWithToken({ NOT_FOUND_FILE: PAGE });
  site.b2.put("images", PAGE, { content: "nothing here", contentType: "text/html" });
  return site;
}

it("the page of a 404 is NOT_FOUND_FILE", async () => {
  const response = await (await siteWithPage()).visit("/dog.jpg");
  expect([response.status, await contentOf(response)]).toEqual([404, "nothing here"]);
});

it("is that of a folder's address too, where nothing is listed", async () => {
  const site = await siteWithPage();
  for (const path of ["/", "/nowhere/"]) {
    const response = await site.visit(path);
    expect([path, response.status, await contentOf(response)]).toEqual([path, 404, "nothing here"]);
  }
});

it("a purge of the page reaches the 404s that show it", async () => {
  const response = await (await siteWithPage()).visit("/dog.jpg");
  expect(response.headers.get("Cache-Tag")).toBe("/dog.jpg,/404.html");
});

it.each([
  ["is not there", { status: 404, code: "not_found" }],
  ["may not be read", { status: 403, code: "access_denied" }],
  ["is asked for when a cap is reached", { status: 403, code: "download_cap_exceeded" }],
])("is the Worker's own where NOT_FOUND_FILE %s: no error of the page is shown as the page", async (_, fault) => {
  const site = await siteWithPage();
  // The missing file itself is asked for first.
  site.b2.faults([
    { operation: DOWNLOAD, delayMs: 0 },
    { operation: DOWNLOAD, ...fault },
  ]);
  const response = await site.visit("/dog.jpg");
  expect([response.status, response.headers.get("Retry-After")]).toEqual([404, null]);
  expect(response.headers.get("Content-Security-Policy")).toBe("default-src 'none'; style-src 'unsafe-inline'");
  expect(await contentOf(response)).toContain("<h1>Not Found</h1>");
  expect(site.downloads()).toBe(2);
});
