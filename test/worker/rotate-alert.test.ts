import { beforeEach, describe, expect, it, vi } from "vitest";
import { webhookBesideB2 } from "./support/b2-behind-fetch.ts";
import { createRotatingSite, type RotatingSite } from "./support/rotating-site.ts";

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

/** A site whose key B2 refuses, with a webhook beside B2. */
function createFailingSite({ hasWebhook = true } = {}): AlertingSite {
  const site = createRotatingSite({
    B2_APPLICATION_KEY: "distinctive-key",
    ...(hasWebhook && { ALERT_WEBHOOK_URL: WEBHOOK }),
  });
  const alerts: AlertingSite["alerts"] = [];
  webhookBesideB2(site.b2, {
    url: WEBHOOK,
    answer: async (request) => {
      alerts.push(await request.json());
      return new Response("ok");
    },
  });
  return { ...site, alerts };
}

describe("a failed run", () => {
  const quiet: [string, (site: RotatingSite) => void][] = [
    ["the token in KV is six hours old", (site) => site.putOldToken(6)],
    ["half of its validity is left to the ms", (site) => site.putOldToken(84)],
  ];

  it.each(quiet)("tells nobody while %s", async (_, prepare) => {
    const site = createFailingSite();
    prepare(site);
    expect(await site.run()).toMatchObject({ step: "authorize" });
    expect(site.alerts).toEqual([]);
  });

  const loud: [string, (site: RotatingSite) => void, string][] = [
    [
      "less than half of the validity is left",
      (site) => site.putOldToken(84 + MS_IN_HOURS),
      "Images are served until 2026-11-28T05:59:59.999Z.",
    ],
    [
      "the token in KV has expired",
      (site) => site.putOldToken(169),
      "The token in KV expired at 2026-11-24T17:00:00.000Z.",
    ],
    ["KV has none", () => undefined, "There is no token to be found in KV."],
    [
      "KV has one of another key",
      (site) => site.putOldToken(6, { applicationKeyId: "0012345" }),
      "There is no token to be found in KV.",
    ],
    [
      "KV cannot be read",
      (site) => {
        site.putOldToken(6);
        site.kv.reads = "throws";
      },
      "There is no token to be found in KV.",
    ],
  ];

  it.each(loud)("is told once when %s", async (_, prepare, left) => {
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

  it("is told at every run, once each", async () => {
    const site = createFailingSite();
    for (let run = 1; run <= 3; run += 1) await site.run();
    expect(site.alerts).toHaveLength(3);
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
    expect(site.log.events().at(-1)).toEqual({ level: "error", event: "alert.failed", ...logged });
    expect(site.history()).toHaveLength(1);
  });
});
