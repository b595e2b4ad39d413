import { expect, it, vi } from "vitest";
import { createSiteWithToken } from "../support/site.ts";

const PAGE = "<h1>Back soon</h1>";
const FIELDS = { "X-Bz-File-Id": "4_z1_f2", "X-Bz-Content-Sha1": "none", "Content-Type": "text/html" };

it.each<[string, RequestInit, ResponseInit]>([
  ["a 200 without a file id", {}, { headers: { "Content-Type": "text/html" } }],
  ["a 200 with an empty file id", {}, { headers: { ...FIELDS, "X-Bz-File-Id": "" } }],
  ["a 206 that nobody asked for", {}, { status: 206, headers: { ...FIELDS, "Content-Range": "bytes 0-3/18" } }],
  ["a 206 without a file id", { headers: { Range: "bytes=0-3" } }, { status: 206, headers: {} }],
])("%s, from something between B2 and the Worker, is 502 and never kept", async (_, init, answer) => {
  const site = await createSiteWithToken();
  const b2 = globalThis.fetch;
  // The cache of Cloudflare would strip `Range`: this asks the Worker itself.
  vi.stubGlobal("fetch", async () => new Response(PAGE, answer));
  const response = await site.visit("/cat.jpg", init);
  expect([response.status, response.headers.get("Cloudflare-CDN-Cache-Control")]).toEqual([502, "no-store"]);
  expect(await response.text()).not.toContain("Back soon");
  expect(site.log.lines().join("\n")).toContain("unexpected-answer");
  vi.stubGlobal("fetch", b2);
  expect((await site.browse("/cat.jpg")).status).toBe(200);
});
