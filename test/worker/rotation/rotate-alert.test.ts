import { beforeEach, describe, expect, it, vi } from "vitest";
import type { LocalB2Options } from "../../local-b2/options.ts";
import { webhookBesideB2 } from "../support/b2-behind-fetch.ts";
import { runAhead } from "../support/clock.ts";
import { createRotatingSite, type RotatingSite } from "../support/rotating-site.ts";

const NOW = Date.UTC(2026, 10, 24, 18);
const MS_IN_HOURS = 1 / 3_600_000;
const WEBHOOK = "https://hooks.example/distinctive-path";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"], now: NOW });
});

interface AlertingSite extends RotatingSite {
  /** The alerts that arrived. */
  alerts: Record<string, unknown>[];
}

interface FailingOptions {
  hasWebhook?: boolean;
  /** Of the webhook's answer. */
  status?: number;
  b2?: LocalB2Options;
}

/** A site whose key B2 refuses, with a webhook beside B2. */
function createFailingSite({ hasWebhook = true, status = 200, b2 }: FailingOptions = {}): AlertingSite {
  const own = { B2_APPLICATION_KEY: "distinctive-key", ...(hasWebhook && { ALERT_WEBHOOK_URL: WEBHOOK }) };
  const site = createRotatingSite(own, b2);
  const alerts: AlertingSite["alerts"] = [];
  webhookBesideB2(site.b2, {
    url: WEBHOOK,
    answer: async (request) => {
      alerts.push(await request.json());
      return new Response("ok", { status });
    },
  });
  return { ...site, alerts };
}

/** A cap of the account is reached, which passes. */
function letB2Fail({ b2 }: RotatingSite): void {
  b2.setKey({ key: "distinctive-key" });
  b2.faults([{ operation: "b2_authorize_account", times: 999, status: 403, code: "transaction_cap_exceeded" }]);
}

describe("a run that fails for what passes by itself", () => {
  const quiet: [string, (site: RotatingSite) => void][] = [
    ["the token in KV is six hours old", (site) => site.putOldToken(6)],
    ["half of its validity is left to the ms", (site) => site.putOldToken(84)],
  ];

  it.each(quiet)("tells nobody while %s", async (_, prepare) => {
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

/** Runs the cron so often, six hours apart. Gives the numbers of the runs, from 1, that told the owner. */
async function alertedRuns(site: AlertingSite, runs: number): Promise<number[]> {
  const numbers: number[] = [];
  for (let run = 1; run <= runs; run += 1) {
    const before = site.alerts.length;
    const startedAt = Date.now();
    await site.run();
    if (site.alerts.length > before) numbers.push(run);
    vi.setSystemTime(startedAt + 6 * 3_600_000);
  }
  return numbers;
}

describe("an alert of a failed run", () => {
  const loud: [string, (site: RotatingSite) => void, string][] = [
    [
      "less than half of the validity is left",
      (site) => site.putOldToken(84 + MS_IN_HOURS),
      "The token in KV is valid until 2026-11-28T05:59:59.999Z.",
    ],
    [
      "the token in KV has expired",
      (site) => site.putOldToken(169),
      "The token in KV expired at 2026-11-24T17:00:00.000Z.",
    ],
    ["KV has none", () => undefined, "KV holds no token."],
    ["KV has one of another key", (site) => site.putOldToken(6, { applicationKeyId: "0012345" }), "KV holds no token."],
    [
      "KV cannot be read",
      (site) => {
        site.putOldToken(6);
        site.kv.reads = "throws";
      },
      "KV holds no token.",
    ],
  ];

  it.each(loud)("tells what is left when %s", async (_, prepare, left) => {
    const site = createFailingSite();
    prepare(site);
    expect(await site.run()).toMatchObject({ step: "authorize" });
    const text = [
      "b2-image-worker: the rotation of the download token is failing.",
      "MintError: authorize: b2_authorize_account: unauthorized (status 401, unauthorized).",
      "Check B2_APPLICATION_KEY_ID and B2_APPLICATION_KEY: the key may be mistyped, deleted or expired.",
      left,
    ].join(" ");
    expect(site.alerts).toEqual([{ text, content: text, event: "rotation.failed" }]);
  });

  it("is sent at every run while nobody knows when the last one was", async () => {
    const site = createFailingSite();
    site.kv.reads = "throws";
    expect(await alertedRuns(site, 3)).toEqual([1, 2, 3]);
  });

  it("is told to nobody without a webhook", async () => {
    const site = createFailingSite({ hasWebhook: false });
    const asked = vi.spyOn(globalThis, "fetch");
    expect(await site.run()).toMatchObject({ step: "authorize" });
    expect(asked).toHaveBeenCalledTimes(1);
  });

  it("tells no secret, and does not log the webhook's URL", async () => {
    const site = createFailingSite();
    site.putOldToken(160);
    await site.run();
    const seen = JSON.stringify([site.alerts, site.log.events()]);
    expect(seen).not.toMatch(/distinctive|4_download_|4_account_/);
  });
});

it("a run that works tells nobody, however old the token was", async () => {
  const site = createRotatingSite({ ALERT_WEBHOOK_URL: WEBHOOK });
  site.putOldToken(160);
  const asked = vi.spyOn(globalThis, "fetch");
  await site.run();
  const urls = asked.mock.calls.map(([input]) => new Request(input).url);
  expect(urls.filter((url) => url.startsWith(WEBHOOK))).toEqual([]);
  expect(urls.length).toBeGreaterThan(0);
});

describe("a failed run still throws its own error when the webhook", () => {
  const broken: [string, () => Promise<Response>, object][] = [
    ["answers 500", async () => new Response("no", { status: 500 }), { status: 500 }],
    ["redirects", async () => Response.redirect("https://other.example/", 302), { status: 302 }],
    [
      "cannot be reached",
      async () => {
        throw new TypeError(`cannot reach ${WEBHOOK}`);
      },
      { error: "TypeError" },
    ],
  ];

  it.each(broken)("%s", async (_, answer, logged) => {
    const site = createFailingSite();
    webhookBesideB2(site.b2, { url: WEBHOOK, answer });
    expect(await site.run()).toMatchObject({ step: "authorize" });
    expect(site.log.events()).toContainEqual({ level: "error", event: "alert.failed", ...logged });
    expect(site.history()).toHaveLength(1);
  });
});
