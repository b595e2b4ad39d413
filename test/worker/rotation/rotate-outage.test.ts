import { beforeEach, expect, it, vi } from "vitest";
import { webhookBesideB2 } from "../support/b2-behind-fetch.ts";
import { createSite } from "../support/site.ts";

const WEBHOOK = "https://hooks.example/";
const SIX_HOURS = 6 * 3600;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 10, 24) });
});

it("a run with settings that do not parse fails by their names, never by their values, and asks B2 for nothing", async () => {
  const site = createSite({ TOKEN_VALID_SECONDS: "distinctive", B2_API_URL: "http://distinctive.example" });
  const error = await site.rotate().catch(String);
  expect(error).toContain("B2_API_URL, TOKEN_VALID_SECONDS");
  expect(error).not.toContain("distinctive");
  expect(site.b2.stats()).toEqual({ operations: {} });
});

it("27 rotations in a row may fail before a visitor notices, and the owner is told of the first, and then once a day", async () => {
  const site = createSite({ ALERT_WEBHOOK_URL: WEBHOOK });
  const { b2 } = site;
  const alertsAt: number[] = [];
  webhookBesideB2(b2, {
    url: WEBHOOK,
    answer: async () => {
      alertsAt.push(run);
      return new Response();
    },
  });
  let run = 0;
  await site.rotate();
  b2.setKey({ capabilities: ["readFiles"] });
  const states: string[] = [];
  for (run = 1; run <= 27; run += 1) {
    site.advance(SIX_HOURS);
    await expect(site.rotate()).rejects.toThrow("The key lacks shareFiles");
    expect((await site.visit("/cat.jpg")).status).toBe(200);
    const health = await site.visit("/-/health");
    states.push(`${health.status} ${Object(await health.json()).status}`);
  }
  expect(states).toEqual(Array(27).fill("200 degraded"));
  expect(alertsAt).toEqual([1, 5, 9, 13, 17, 21, 25]);
  // One authorize a run, and none for the visitors.
  expect(b2.stats().operations.b2_authorize_account?.calls).toBe(28);

  site.advance(SIX_HOURS);
  expect((await site.visit("/cat.jpg")).status).toBe(503);
  expect((await site.visit("/-/health")).status).toBe(503);
  b2.setKey({ capabilities: ["readFiles", "shareFiles"] });
  await site.rotate();
  site.advance(60);
  expect((await site.visit("/cat.jpg")).status).toBe(200);
});
