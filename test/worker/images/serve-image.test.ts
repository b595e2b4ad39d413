import { beforeEach, describe, expect, it, vi } from "vitest";
import { apiCallsOf } from "../support/b2-behind-fetch.ts";
import { runAhead } from "../support/clock.ts";
import { contentOf } from "../support/content-of.ts";
import { createHoldingSite, createSite, type TestSite } from "../support/site.ts";

const DOWNLOAD = "b2_download_file_by_name";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 10, 24, 17) });
});

describe("401", () => {
  it("once: KV has the same token, so one is minted, and the visitor notices nothing", async () => {
    const site = await createHoldingSite();
    site.b2.expireTokens();
    expect(await contentOf(await site.visit("/cat.jpg"))).toBe("a cat");
    expect(apiCallsOf(site.b2)).toBe(2);
    expect(await contentOf(await site.visit("/cat.jpg"))).toBe("a cat");
    expect(apiCallsOf(site.b2)).toBe(2);
  });

  it("of one download only: the new token is used from then on", async () => {
    const site = await createHoldingSite();
    site.b2.faults([{ operation: DOWNLOAD, times: 1, status: 401, code: "expired_auth_token" }]);
    expect((await site.visit("/cat.jpg")).status).toBe(200);
  });

  it("to a HEAD, which has no body to say why, is renewed too", async () => {
    const site = await createHoldingSite();
    site.b2.expireTokens();
    expect((await site.visit("/cat.jpg", { method: "HEAD" })).status).toBe(200);
  });

  it("of a token that no download had shown to work an hour ago: it may have died since, so another one is minted", async () => {
    const site = createSite();
    const unavailable = { operation: DOWNLOAD, status: 503, code: "service_unavailable", retryAfterSeconds: 60 };
    // The trial of the new token, and the visitor's download.
    site.b2.faults([{ operation: DOWNLOAD, delayMs: 0 }, unavailable]);
    expect((await site.visit("/cat.jpg")).status).toBe(503);
    site.advance(3600);
    site.b2.expireTokens();
    expect((await site.visit("/cat.jpg")).status).toBe(200);
  });

  it("for good: 502 after one retry, and B2's API is left alone for a while", async () => {
    const site = await createHoldingSite();
    site.b2.faults([{ operation: DOWNLOAD, times: 1000, status: 401, code: "unauthorized" }]);
    for (let n = 0; n < 20; n += 1) expect([502, 503]).toContain((await site.visit("/cat.jpg")).status);
    expect(apiCallsOf(site.b2)).toBe(2);
    expect(site.log.lines().join("\n")).toContain("readFiles and shareFiles");
  });

  it("for 200 visitors at once costs one mint", async () => {
    const site = await createHoldingSite();
    site.b2.expireTokens();
    const visits = Array.from({ length: 200 }, () => site.visit("/cat.jpg"));
    const statuses = (await Promise.all(visits)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(apiCallsOf(site.b2)).toBe(2);
  });
});

describe("a passing fault", () => {
  const passing: [string, object][] = [
    ["429", { status: 429, code: "too_many_requests" }],
    ["429 with a short Retry-After", { status: 429, code: "too_many_requests", retryAfterSeconds: 1 }],
    ["500", { status: 500, code: "internal_error" }],
    ["503", { status: 503, code: "service_unavailable" }],
    ["a connection that breaks before the response", { reset: "before" }],
  ];

  async function createPatientSite(): Promise<TestSite> {
    const site = await createHoldingSite();
    vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"] });
    return site;
  }

  it.each(passing)("%s twice is not noticed", async (_, fault) => {
    const site = await createPatientSite();
    site.b2.faults([{ operation: DOWNLOAD, times: 2, ...fault }]);
    expect(await contentOf(await runAhead(site.visit("/cat.jpg")))).toBe("a cat");
    expect(site.log.lines().filter((line) => line.includes("download.retry"))).toHaveLength(2);
  });

  it.each(passing)("%s three times is 503 with Retry-After", async (_, fault) => {
    const site = await createPatientSite();
    site.b2.faults([{ operation: DOWNLOAD, times: 3, ...fault }]);
    const response = await runAhead(site.visit("/cat.jpg"));
    expect(response.status).toBe(503);
    expect(response.headers.get("Retry-After")).toMatch(/^\d+$/);
    expect((await site.visit("/cat.jpg")).status).toBe(200);
  });

  it("with a Retry-After beyond the budget is passed on at once", async () => {
    const site = await createHoldingSite();
    site.b2.faults([
      { operation: DOWNLOAD, times: 1, status: 503, code: "service_unavailable", retryAfterSeconds: 120 },
    ]);
    const response = await site.visit("/cat.jpg");
    expect([response.status, response.headers.get("Retry-After")]).toEqual([503, "120"]);
  });

  it("without an answer for 10 seconds is 504", async () => {
    const site = await createHoldingSite();
    vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"] });
    site.b2.faults([{ operation: DOWNLOAD, times: 1, stall: true }]);
    const visit = site.visit("/cat.jpg");
    await vi.advanceTimersByTimeAsync(10_001);
    expect((await visit).status).toBe(504);
  });
});

it("a body that breaks in the middle breaks for the visitor too: never a short one that looks whole", async () => {
  const site = await createHoldingSite();
  site.b2.faults([{ operation: DOWNLOAD, times: 1, reset: "middle" }]);
  const response = await site.visit("/cat.jpg");
  await expect(response.text()).rejects.toThrow();
});

it("an error names nothing of the storage", async () => {
  const site = await createHoldingSite();
  for (const fault of [
    { status: 403, code: "access_denied" },
    { status: 503, code: "service_unavailable", retryAfterSeconds: 99 },
    { status: 400, code: "bad_request" },
  ]) {
    site.b2.faults([{ operation: DOWNLOAD, times: 1, message: "bucket images is unhappy", ...fault }]);
    const response = await site.visit("/cat.jpg");
    const seen = `${await contentOf(response)} ${JSON.stringify([...response.headers])}`;
    expect(seen).not.toMatch(/bucket|backblaze|b2|127\.0\.0\.1|unhappy|token/i);
  }
});
