import { beforeEach, describe, expect, it, vi } from "vitest";
import { version as release } from "../../../package.json";
import type { RotationOutcome } from "../../../src/token/rotation-history.ts";
import { contentOf } from "../support/content-of.ts";
import { HISTORY_KEY } from "../support/download-token.ts";
import { LOOKING, OWNER } from "../support/owner.ts";
import { createFaultyKvSite, type FaultyKvSite } from "../support/site.ts";
import { createOwnersSite, textOf, VERSION } from "../support/status-site.ts";

const NOW = Date.UTC(2026, 10, 24, 20, 17);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
let site: FaultyKvSite;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW });
  site = await createOwnersSite();
});

async function pageOf(of = site): Promise<string> {
  const response = await of.visit("/-/status", { headers: LOOKING });
  expect(response.headers.get("Content-Type")).toBe("text/html; charset=utf-8");
  return await contentOf(response);
}

function putHistory(runs: Partial<RotationOutcome>[], of = site): void {
  const whole = runs.map((run) => ({ at: NOW, outcome: "published", durationMs: 200, ...run }));
  of.kv.values.set(HISTORY_KEY, JSON.stringify(whole));
}

describe("the page", () => {
  it("shows when the token ends and when the next one is due, as a time and as a distance from now", async () => {
    site.advance(2 * 3_600);
    const text = textOf(await pageOf());
    expect(text).toContain("The token is valid until in 6 days 22 hours Tue, 1 Dec 2026, 20:17 UTC");
    expect(text).toContain("The next one is due in 1 hour 43 minutes Wed, 25 Nov 2026, 00:00 UTC");
    expect(text).toContain("This one was made 2 hours ago");
    expect(text).toContain("Pictures are served The last rotation, 2 hours ago, brought a new token.");
  });

  it("shows which version is deployed, and since when", async () => {
    expect(textOf(await pageOf())).toContain(
      `b2-image-worker ${release}, version ${VERSION.id}, deployed 23 Nov 2026, 1 day 2 hours ago`,
    );
  });

  it("tells what is wrong with the key, and how to make a better one", async () => {
    const wide = await createOwnersSite({ B2_BUCKET_NAME: "images" }, { unrestricted: true });
    const text = textOf(await pageOf(wide));
    expect(text).toContain("It reaches more than the one bucket that is served.");
    expect(text).toContain("It may do more than is needed: writeFiles, deleteFiles");
    expect(text).toContain("b2 key create --bucket");
    const narrow = await createOwnersSite({}, { capabilities: ["readFiles", "shareFiles", "listFiles"] });
    expect(textOf(await pageOf(narrow))).not.toContain("more than");
  });

  it("names variables that are probably mistyped, and shows what is set", async () => {
    const mistyped = await createOwnersSite({ BROWSER_MAX_AGE: "1", EDGE_MAX_AGE_SECONDS: 7200, INDEX_FIL: "a" });
    const text = textOf(await pageOf(mistyped));
    expect(text).toContain("INDEX_FIL is not a setting. Did you mean INDEX_FILE?");
    expect(text).toContain("EDGE_MAX_AGE_SECONDS 7200 (2 hours)");
  });

  it.each([
    { age: 1, mark: "ok", words: "Pictures are served" },
    { age: 100, mark: "degraded", words: "Pictures are served, but something is wrong" },
    { age: 200, mark: "down", words: "Pictures are not served" },
  ])("has a mark and a sentence of its own for a token of $age hours: $mark", async ({ age, mark, words }) => {
    site.b2.setKey({ key: "another" });
    site.advance(age * 3_600);
    const page = await pageOf();
    expect(page).toContain(`<title>${words} · image.example.com</title>`);
    expect(page).toMatch(new RegExp(`<div class="health ${mark}">.*#i-${mark}.*<h1>${words}</h1>`, "s"));
  });

  it("draws a mark for each rotation in the lane of who asked, and a bar for the life of each token", async () => {
    const end = NOW + 7 * DAY_MS;
    putHistory([
      { at: NOW - 2 * DAY_MS, expiresAt: end - 2 * DAY_MS },
      { at: NOW - DAY_MS, outcome: "failed", step: "authorize" },
      { at: NOW - HOUR_MS, by: "request", expiresAt: end },
      { at: NOW, by: "owner", outcome: "published-unproven", expiresAt: end },
    ]);
    const page = await pageOf();
    const count = (pattern: RegExp) => [...page.matchAll(pattern)].length;
    expect(count(/<svg x="[\d.]+%"/g)).toBe(4);
    expect(count(/<svg x="22\.22%"/g) + count(/<svg x="0\.00%"/g)).toBe(3 - 1);
    expect(count(/class="life"/g)).toBe(3);
    expect(page).toContain('aria-label="The last 4 rotations, of which 1 failed. The table below says the same."');
    const text = textOf(page);
    expect(text).toContain("by cron by a visit by you tokens");
    expect(text).toContain("cron failed at authorize 200 ms");
  });

  it("shows that a visit got the token, since no rotation did", async () => {
    const young = createFaultyKvSite({ ...OWNER });
    await young.visit("/cat.jpg");
    const text = textOf(await pageOf(young));
    expect(text).toContain("by a visit tokens");
    expect(text).toContain("request a new token");
  });

  it("says so when no rotation is on record", async () => {
    site.kv.values.clear();
    expect(textOf(await pageOf())).toContain("No rotation is on record yet.");
  });

  it("never shows text as markup", async () => {
    const odd = await createOwnersSite({
      B2_FILE_NAME_PREFIX: '<img src=x onerror="alert(1)">/',
      NOT_FOUND_FILE: "</style><script>alert(1)</script>.html",
      INDEX_FIL: "<b>",
    });
    odd.kv.values.set(
      `${HISTORY_KEY}<img src=x onerror="alert(1)">/`,
      JSON.stringify([{ at: NOW, outcome: "failed", step: "<script>alert(1)</script>", durationMs: 1, cron: "<i>" }]),
    );
    const page = await pageOf(odd);
    expect(page.match(/<(?:img|b|i)\b/g)).toBeNull();
    expect(page.match(/<script/g)).toHaveLength(1);
  });

  it("may run and load nothing but what is its own, and is shown in no frame", async () => {
    const response = await site.visit("/-/status", { headers: LOOKING });
    const policy = response.headers.get("Content-Security-Policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("form-action 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("unsafe");
    expect(await contentOf(response)).not.toMatch(/ style="| on[a-z]+="/);
  });
});
