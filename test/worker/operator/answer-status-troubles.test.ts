import { beforeEach, expect, it, vi } from "vitest";
import { contentOf } from "../support/content-of.ts";
import { BEARER, FROM_OWN_PAGE, LOOKING, OWNER } from "../support/owner.ts";
import { createFaultyKvSite, type FaultyKvSite } from "../support/site.ts";

const NOW = Date.UTC(2026, 10, 24, 20, 17);
let site: FaultyKvSite;

// The key lost a right, and two runs of the cron have failed since; the last token holds.
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW });
  site = createFaultyKvSite(OWNER);
  await site.rotate();
  site.b2.setKey({ capabilities: ["readFiles"] });
  for (let n = 0; n < 2; n += 1) {
    site.advance(6 * 3_600);
    await site.rotate().catch(() => undefined);
  }
});

async function pageOf(): Promise<string> {
  return await contentOf(await site.visit("/-/status", { headers: LOOKING }));
}

it("the page says what is wrong, what to do, and since when", async () => {
  const page = await pageOf();
  expect(page).toContain("<h1>Pictures are served, but something is wrong</h1>");
  expect(page).toContain("The key lacks shareFiles. Make a key with: b2 key create --bucket images");
  expect(page).toMatch(/Since <time datetime="2026-11-25T02:17:00.000Z">[^<]+<\/time>, 6 hours ago\./);
});

it("programs are told the same, with the step", async () => {
  const { health } = JSON.parse(await contentOf(await site.visit("/-/status", { headers: BEARER })));
  expect(health).toMatchObject({
    status: "degraded",
    cause: "key",
    troubles: [{ step: "rights", since: "2026-11-25T02:17:00.000Z", reason: expect.stringContaining("shareFiles") }],
  });
});

it("a rotation that works shows on the page at once, though health keeps for a minute what it found", async () => {
  await pageOf();
  site.b2.setKey({ capabilities: ["readFiles", "shareFiles"] });
  site.advance(1);
  const rotated = await contentOf(await site.visit("/-/rotate", { method: "POST", headers: FROM_OWN_PAGE }));
  expect(rotated).toContain("There is a new token.");
  expect(rotated).toContain("<h1>Pictures are served</h1>");
});
