import { expect, it } from "vitest";
import { createSite } from "../support/site.ts";

const FIELDS = [
  "X-Forwarded-Host",
  "X-Host",
  "X-Forwarded-Scheme",
  "X-Original-URL",
  "X-Rewrite-URL",
  "Forwarded",
  "X-HTTP-Method-Override",
  "X-HTTP-Method",
  "X-Method-Override",
  "Cloudflare-Workers-Version-Key",
  "Upgrade",
];

it.each(FIELDS)("a client that changes %s from request to request makes B2 work once", async (name) => {
  const site = createSite();
  site.b2.put("images", "cat.jpg", { content: "a cat" });
  await site.rotate();
  site.b2.reset();
  for (let n = 0; n < 5; n += 1) {
    const response = await site.browse("/cat.jpg", { headers: { [name]: `value-${n}` } });
    expect([response.status, await response.text()]).toEqual([200, "a cat"]);
  }
  expect([site.downloads(), site.cache.runs]).toEqual([1, 5]);
});

it.each(["http", "https"])(
  "X-Forwarded-Scheme: %s is in no cache key, so the image is asked for directly",
  async (scheme) => {
    const site = createSite();
    site.b2.put("images", "cat.jpg", { content: "a cat" });
    await site.rotate();
    site.b2.reset();
    await site.browse("/cat.jpg", { headers: { "X-Forwarded-Scheme": scheme } });
    await site.browse("/cat.jpg");
    expect([site.downloads(), site.cache.runs, site.images.runs]).toEqual([1, 1, 0]);
  },
);
