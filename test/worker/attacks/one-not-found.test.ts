import { expect, it } from "vitest";
import { PRIVATE, snapshot } from "../support/protection.ts";
import { createSiteWithToken } from "../support/site.ts";

/** What a browser sends for a page, an image, a fetch and a video, and what programs send. */
const ACCEPTS = [
  "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
  "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8",
  "image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5",
  "*/*",
  "application/json",
  "application/problem+json",
  "text/html;q=0",
];

it("a missing file asked for with every Accept there is makes B2 work once, and is one entry of the cache", async () => {
  const site = await createSiteWithToken();
  for (const Accept of ACCEPTS) expect((await site.browse("/dog.jpg", { headers: { Accept } })).status).toBe(404);
  expect([site.downloads(), site.cache.runs]).toEqual([1, 1]);
});

it.each([
  ["a missing file", "/dog.jpg", {}],
  ["a missing file under another address", "/dog.jpg?x=1", {}],
  ["a folder without an index file", "/dogs/", {}],
  ["another bucket's file", "/file/others/cat.jpg", PRIVATE],
  ["a route that does not exist", "/-/nothing", {}],
])("whoever asks first, the others get the same answer: %s", async (_, path, vars) => {
  const site = await createSiteWithToken(vars);
  const answers = await Promise.all(
    ACCEPTS.map(async (Accept, n) =>
      snapshot(await site.visit(path, { headers: { Accept, "CF-Ray": `ray-${n}`, Cookie: `visitor=${n}` } })),
    ),
  );
  for (const answer of answers) expect(answer).toEqual({ ...answers[0], status: 404 });
  expect(answers[0]?.text).not.toContain("ray-");
  expect(answers[0]?.text).toContain("<h1>Not Found</h1>");
});
