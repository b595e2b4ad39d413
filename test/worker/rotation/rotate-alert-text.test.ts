import { beforeEach, describe, expect, it, vi } from "vitest";
import { alertedRuns, createFailingSite, WEBHOOK } from "../support/alerting-site.ts";
import { webhookBesideB2 } from "../support/b2-behind-fetch.ts";
import type { RotatingSite } from "../support/rotating-site.ts";

const NOW = Date.UTC(2026, 10, 24, 18);
const MS_IN_HOURS = 1 / 3_600_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"], now: NOW });
});

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
