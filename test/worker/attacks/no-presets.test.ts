import { beforeEach, expect, it, vi } from "vitest";
import { signUrl } from "../../../src/access/signed-url.ts";
import { KEY, NOW_SECONDS, PRIVATE, snapshot } from "../support/protection.ts";
import { createSiteWithToken, SITE_URL } from "../support/site.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW_SECONDS * 1000 });
});

it("a link that was signed for a preset does not open the original", async () => {
  const site = await createSiteWithToken(PRIVATE);
  const expiresAtSeconds = NOW_SECONDS + 3600;
  const part = { canonicalPath: "/private/cat.jpg", preset: "thumb", expiresAtSeconds, key: KEY };
  const link = (await signUrl({ baseUrl: SITE_URL, ...part })).slice(SITE_URL.length);
  const refused = await snapshot(await site.browse(link));
  expect([refused.status, refused.text.includes("at home")]).toEqual([403, false]);
  // Nor does it tell whether the file is there, or whether the signature is right.
  expect(await snapshot(await site.browse(link.replace("cat.jpg", "nothing.jpg")))).toEqual(refused);
  expect(await snapshot(await site.browse(link.replace("sig=", "sig=x")))).toEqual(refused);
  expect([site.downloads(), site.images.runs]).toEqual([0, 0]);
});
