import { expect, it } from "vitest";
import { contentOf } from "../support/content-of.ts";
import { createSiteWithToken } from "../support/site.ts";

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
  const site = await createSiteWithToken();
  for (let n = 0; n < 5; n += 1) {
    const response = await site.browse("/cat.jpg", { headers: { [name]: `value-${n}` } });
    expect([response.status, await contentOf(response)]).toEqual([200, "a cat"]);
  }
  expect([site.downloads(), site.cache.runs]).toEqual([1, 5]);
});

it.each(["http", "https"])(
  "X-Forwarded-Scheme: %s is in no cache key, so the image is asked for directly",
  async (scheme) => {
    const site = await createSiteWithToken();
    await site.browse("/cat.jpg", { headers: { "X-Forwarded-Scheme": scheme } });
    await site.browse("/cat.jpg");
    expect([site.downloads(), site.cache.runs, site.images.runs]).toEqual([1, 1, 0]);
  },
);
