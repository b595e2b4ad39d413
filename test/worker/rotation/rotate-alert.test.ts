import { beforeEach, describe, expect, it, vi } from "vitest";
import { alertedRuns, createFailingSite, letB2Fail, WEBHOOK } from "../support/alerting-site.ts";
import { runAhead } from "../support/clock.ts";
import { createRotatingSite, type RotatingSite } from "../support/rotating-site.ts";

const NOW = Date.UTC(2026, 10, 24, 18);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"], now: NOW });
});

describe("a run that fails for what passes by itself", () => {
  const quiet: [string, (site: RotatingSite) => void][] = [
    ["the token in KV is six hours old", (site) => site.putOldToken(6)],
    ["half of its validity is left to the ms", (site) => site.putOldToken(84)],
  ];

  it.each(quiet)("alerts nobody while %s", async (_, prepare) => {
    const site = createFailingSite();
    letB2Fail(site);
    prepare(site);
    expect(await site.run()).toMatchObject({ step: "authorize" });
    expect(site.alerts).toEqual([]);
  });

  it("is told when less than half of the validity is left, and then once a day", async () => {
    const site = createFailingSite();
    letB2Fail(site);
    site.putOldToken(60);
    expect(await alertedRuns(site, 15)).toEqual([6, 10, 14]);
    const [alerted, last] = site.history().slice(-2);
    expect(last?.alertedAt).toBe(alerted?.alertedAt);
    expect((last?.alertedAt ?? 0) - (alerted?.at ?? 0)).toBeLessThan(60_000);
  });
});

describe("a run that fails for what does not pass by itself", () => {
  it("is told at once, however young the token is, and then once a day", async () => {
    const site = createFailingSite();
    site.putOldToken(1);
    expect(await alertedRuns(site, 10)).toEqual([1, 5, 9]);
  });

  it("is told again at once when a run has worked in between", async () => {
    const site = createFailingSite();
    site.putOldToken(1);
    expect(await alertedRuns(site, 2)).toEqual([1]);
    site.b2.setKey({ key: "distinctive-key" });
    await site.run();
    site.b2.setKey({ key: "another" });
    expect(await alertedRuns(site, 2)).toEqual([1]);
  });

  it("is told again at once when a request has minted in between", async () => {
    const site = createFailingSite();
    expect(await alertedRuns(site, 1)).toEqual([1]);
    site.b2.setKey({ key: "distinctive-key" });
    await runAhead(site.visit());
    site.b2.setKey({ key: "another" });
    site.advance(3_600);
    expect(await alertedRuns(site, 2)).toEqual([1]);
  });

  it("is told again at the next run when the webhook did not take it", async () => {
    const site = createFailingSite({ status: 500 });
    site.putOldToken(1);
    expect(await alertedRuns(site, 3)).toEqual([1, 2, 3]);
    expect(site.history().at(-1)).not.toHaveProperty("alertedAt");
  });

  it.each<[string, (site: RotatingSite) => void, string]>([
    ["a bucket that is gone", ({ b2 }) => b2.deleteBucket("images"), "The key's bucket was deleted."],
    ["a right that is missing", ({ b2 }) => b2.setKey({ capabilities: ["readFiles"] }), "The key lacks shareFiles."],
    [
      "a trial that B2 refuses",
      ({ b2 }) => b2.faults([{ operation: "b2_download_file_by_name", times: 2, status: 401, code: "unauthorized" }]),
      "B2 refuses the new token. The one in KV stays.",
    ],
  ])("is told at once: %s", async (_, prepare, words) => {
    const site = createFailingSite();
    site.b2.setKey({ key: "distinctive-key" });
    site.putOldToken(1);
    prepare(site);
    await site.run();
    expect(site.alerts).toEqual([expect.objectContaining({ text: expect.stringContaining(words) })]);
  });

  it("is told when a token is published that B2 refuses, since there is no better one", async () => {
    const site = createFailingSite();
    site.b2.setKey({ key: "distinctive-key" });
    site.b2.faults([{ operation: "b2_download_file_by_name", times: 99, status: 401, code: "unauthorized" }]);
    expect(await alertedRuns(site, 1)).toEqual([1]);
    expect(site.alerts[0]?.text).toContain("the new download token does not work. B2 refuses the new token");
  });

  it("names the end of the key, which may be why B2 refuses it", async () => {
    const site = createFailingSite();
    site.putOldToken(100, { keyExpiresAt: NOW - 1_000 });
    await site.run();
    expect(site.alerts[0]?.text).toContain("The key of that token ended at 2026-11-24T17:59:59.000Z.");
  });
});

describe("a key that ends", () => {
  const DAY_MS = 86_400_000;

  it("is told seven days before, and then once a day, also while rotation works", async () => {
    const site = createFailingSite({ b2: { keyExpiresAt: NOW + 8 * DAY_MS + 3_600_000 } });
    site.b2.setKey({ key: "distinctive-key" });
    // The runs from 6 hours on: the sixth is the first with less than seven days left.
    expect(await alertedRuns(site, 14)).toEqual([6, 10, 14]);
    expect(site.alerts[0]).toMatchObject({
      event: "key.ends",
      text: expect.stringMatching(
        /the application key ends at 2026-12-02T19:00:00.000Z, in 6 days\. .* make another key/,
      ),
    });
    expect(site.history().at(-1)?.keyAlertedAt).toBeGreaterThanOrEqual(site.history().at(-1)?.at ?? Number.NaN);
  });

  it("is told beside a rotation that fails: one does not silence the other", async () => {
    const site = createFailingSite({ b2: { keyExpiresAt: NOW + 6 * DAY_MS } });
    site.b2.setKey({ key: "distinctive-key" });
    await site.run();
    site.b2.setKey({ capabilities: ["readFiles"] });
    await site.run();
    expect(site.alerts.map(({ event }) => event)).toEqual(["key.ends", "rotation.failed"]);
  });
});

it("a run that works alerts nobody, however old the token was", async () => {
  const site = createRotatingSite({ ALERT_WEBHOOK_URL: WEBHOOK });
  site.putOldToken(160);
  const asked = vi.spyOn(globalThis, "fetch");
  await site.run();
  const urls = asked.mock.calls.map(([input]) => new Request(input).url);
  expect(urls.filter((url) => url.startsWith(WEBHOOK))).toEqual([]);
  expect(urls.length).toBeGreaterThan(0);
});
