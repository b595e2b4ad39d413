import { beforeEach, describe, expect, it, vi } from "vitest";
import { createRotationBench, type RotationBench } from "./support/rotation-parts.ts";

const NOW = Date.UTC(2026, 10, 24, 18);
const MS_IN_HOURS = 1 / 3_600_000;
const WEBHOOK = "https://hooks.example/distinctive-path";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"], now: NOW });
});

interface AlertBench extends RotationBench {
  /** The alerts that arrived. */
  alerts: Record<string, unknown>[];
}

/** A rotation whose key B2 refuses, with a webhook beside B2. */
function failingBench({ hasWebhook = true } = {}): AlertBench {
  const bench = createRotationBench({
    settings: { applicationKey: "distinctive-key" },
    ...(hasWebhook && { alertWebhookUrl: WEBHOOK }),
  });
  const alerts: AlertBench["alerts"] = [];
  vi.stubGlobal("fetch", async (input: RequestInfo, init?: RequestInit) => {
    const request = new Request(input, init);
    if (!request.url.startsWith(WEBHOOK)) return await bench.b2.fetch(request);
    alerts.push(await request.json());
    return new Response("ok");
  });
  return { ...bench, alerts };
}

describe("a failed run", () => {
  const quiet: [string, (bench: RotationBench) => void][] = [
    ["the token in KV is six hours old", (bench) => bench.putOldToken(6)],
    ["half of its validity is left to the ms", (bench) => bench.putOldToken(84)],
  ];

  it.each(quiet)("tells nobody while %s", async (_, prepare) => {
    const bench = failingBench();
    prepare(bench);
    expect(await bench.run()).toMatchObject({ step: "authorize" });
    expect(bench.alerts).toEqual([]);
  });

  const loud: [string, (bench: RotationBench) => void, string][] = [
    [
      "less than half of the validity is left",
      (bench) => bench.putOldToken(84 + MS_IN_HOURS),
      "Images are served until 2026-11-28T05:59:59.999Z.",
    ],
    [
      "the token in KV has expired",
      (bench) => bench.putOldToken(169),
      "The token in KV expired at 2026-11-24T17:00:00.000Z.",
    ],
    ["KV has none", () => undefined, "There is no token to be found in KV."],
    [
      "KV has one of another key",
      (bench) => bench.putOldToken(6, { applicationKeyId: "0012345" }),
      "There is no token to be found in KV.",
    ],
    [
      "KV cannot be read",
      (bench) => {
        bench.putOldToken(6);
        bench.kv.reads = "throws";
      },
      "There is no token to be found in KV.",
    ],
  ];

  it.each(loud)("is told once when %s", async (_, prepare, left) => {
    const bench = failingBench();
    prepare(bench);
    expect(await bench.run()).toMatchObject({ step: "authorize" });
    const text = [
      "b2-image-worker: the rotation of the download token is failing.",
      "MintError: authorize: b2_authorize_account: unauthorized (status 401, unauthorized).",
      "Check B2_APPLICATION_KEY_ID and B2_APPLICATION_KEY: the key may be mistyped, deleted or expired.",
      left,
    ].join(" ");
    expect(bench.alerts).toEqual([{ text, content: text, event: "rotation.failed" }]);
  });

  it("is told at every run, once each", async () => {
    const bench = failingBench();
    for (let run = 1; run <= 3; run += 1) await bench.run();
    expect(bench.alerts).toHaveLength(3);
  });

  it("is told to nobody without a webhook", async () => {
    const bench = failingBench({ hasWebhook: false });
    const asked = vi.spyOn(globalThis, "fetch");
    expect(await bench.run()).toMatchObject({ step: "authorize" });
    expect(asked).toHaveBeenCalledTimes(1);
  });

  it("tells no secret, and does not log the webhook's URL", async () => {
    const bench = failingBench();
    bench.putOldToken(160);
    await bench.run();
    const seen = JSON.stringify([bench.alerts, bench.logs]);
    expect(seen).not.toMatch(/distinctive|4_download_|4_account_/);
  });
});

it("a run that works tells nobody, however old the token was", async () => {
  const bench = createRotationBench({ alertWebhookUrl: WEBHOOK });
  bench.putOldToken(160);
  const asked = vi.spyOn(globalThis, "fetch");
  await bench.run();
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
    const bench = failingBench();
    vi.stubGlobal("fetch", async (input: RequestInfo, init?: RequestInit) => {
      const request = new Request(input, init);
      return request.url.startsWith(WEBHOOK) ? await answer() : await bench.b2.fetch(request);
    });
    expect(await bench.run()).toMatchObject({ step: "authorize" });
    expect(bench.logs.at(-1)).toEqual({ level: "error", event: "alert.failed", ...logged });
    expect(bench.history()).toHaveLength(1);
  });
});
