import { beforeEach, describe, expect, it, vi } from "vitest";
import { apiCallsOf } from "../support/b2-behind-fetch.ts";
import { runAhead } from "../support/clock.ts";
import { contentOf } from "../support/content-of.ts";
import { createSite, type TestSite } from "../support/site.ts";

const DOWNLOAD = "b2_download_file_by_name";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 10, 24, 17) });
});

/** A site whose isolate has held a token for an hour, so that what is counted is what visitors cause. */
async function createHoldingSite(): Promise<TestSite> {
  const site = createSite();
  await site.visit("/cat.jpg");
  site.advance(3600);
  site.b2.reset();
  site.log.clear();
  return site;
}

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

describe("a cap of the account", () => {
  it.each(["download_cap_exceeded", "transaction_cap_exceeded"])(
    "%s: 503, and B2 is asked once in 5 minutes, as Retry-After says",
    async (code) => {
      const site = await createHoldingSite();
      site.b2.faults([{ operation: DOWNLOAD, times: 1000, status: 403, code }]);
      for (let n = 0; n < 5; n += 1) {
        const response = await site.visit("/cat.jpg");
        expect([response.status, response.headers.get("Retry-After")]).toEqual([503, "300"]);
      }
      expect(site.downloads()).toBe(1);
      site.advance(5 * 60 + 1);
      expect((await site.visit("/cat.jpg")).status).toBe(503);
      expect(site.downloads()).toBe(2);
      site.b2.reset();
      site.advance(5 * 60 + 1);
      expect((await site.visit("/cat.jpg")).status).toBe(200);
    },
  );

  it("that goes on is found out by one of the visitors who come after the pause", async () => {
    const site = await createHoldingSite();
    site.b2.faults([{ operation: DOWNLOAD, times: 1000, status: 403, code: "download_cap_exceeded" }]);
    await site.visit("/cat.jpg");
    site.advance(5 * 60 + 1);
    const visits = await Promise.all(Array.from({ length: 50 }, () => site.visit("/cat.jpg")));
    expect(new Set(visits.map(({ status }) => status))).toEqual(new Set([503]));
    expect(site.downloads()).toBe(2);
  });

  it("that is over lets everybody in after one visitor", async () => {
    const site = await createHoldingSite();
    site.b2.faults([{ operation: DOWNLOAD, times: 1, status: 403, code: "download_cap_exceeded" }]);
    await site.visit("/cat.jpg");
    site.advance(5 * 60 + 1);
    expect((await site.visit("/cat.jpg")).status).toBe(200);
    const visits = await Promise.all(Array.from({ length: 50 }, () => site.visit("/cat.jpg")));
    expect(new Set(visits.map(({ status }) => status))).toEqual(new Set([200]));
  });

  it("ends with a probe that meets anything but the cap, so that nobody keeps it up with a name that B2 refuses", async () => {
    const site = await createHoldingSite();
    const fault = { operation: DOWNLOAD, times: 1, status: 403, code: "download_cap_exceeded" };
    site.b2.faults([fault, { operation: DOWNLOAD, times: 1, status: 400, code: "bad_request" }]);
    await site.visit("/cat.jpg");
    site.advance(5 * 60 + 1);
    expect((await site.visit("/odd.jpg")).status).toBe(502);
    expect((await site.visit("/cat.jpg")).status).toBe(200);
  });

  it("is asked about no later than 00:00 UTC, when B2's caps start anew", async () => {
    const site = await createHoldingSite();
    site.advance(6 * 3600 - 90);
    site.b2.faults([{ operation: DOWNLOAD, times: 1, status: 403, code: "download_cap_exceeded" }]);
    expect((await site.visit("/cat.jpg")).headers.get("Retry-After")).toBe("90");
    site.advance(89);
    expect((await site.visit("/cat.jpg")).status).toBe(503);
    site.advance(1);
    expect((await site.visit("/cat.jpg")).status).toBe(200);
  });

  it("is told in the log, with what to do", async () => {
    const site = await createHoldingSite();
    site.b2.faults([{ operation: DOWNLOAD, times: 1, status: 403, code: "download_cap_exceeded" }]);
    await site.visit("/cat.jpg");
    expect(site.log.lines().join("\n")).toContain("Caps & Alerts");
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
