import { beforeEach, describe, expect, it, vi } from "vitest";
import { MintError } from "../../../src/token/mint-error.ts";
import { KvError } from "../../../src/token/store.ts";
import { TokenRefusedError } from "../../../src/token/token-refused-error.ts";
import type { Fault } from "../../local-b2/b2/faults.ts";
import type { LocalB2Options } from "../../local-b2/options.ts";
import { callsOf } from "../support/b2-behind-fetch.ts";
import { runAhead } from "../support/clock.ts";
import { HISTORY_KEY, TOKEN_KEY } from "../support/download-token.ts";
import { createRotatingSite, OLD_TOKEN, type RotatingSite } from "../support/rotating-site.ts";

const NOW = Date.UTC(2026, 10, 24, 18);
/** What is written down of every run. */
const RUN = { at: NOW, by: "cron", cron: "0 */6 * * *" };
const AUTHORIZE = "b2_authorize_account";
const DOWNLOAD = "b2_download_file_by_name";
/** A key that may do nothing more than is needed. */
const NARROW = { capabilities: ["readFiles", "shareFiles"] };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"], now: NOW });
});

describe("a run that works", () => {
  it("publishes a token, and writes down when, what and how long", async () => {
    const site = createRotatingSite({}, NARROW);
    site.putOldToken(6);
    expect(await site.run()).toBeUndefined();
    expect(site.published()).toMatch(/^4_download_[0-9a-f]{32}/);
    const expiresAt = NOW + 604_800_000;
    const capabilities = ["readFiles", "shareFiles"];
    const durationMs = expect.any(Number);
    expect(site.history().at(-1)).toEqual({ ...RUN, outcome: "published", durationMs, expiresAt, capabilities });
    expect(site.log.events().slice(1)).toEqual([
      {
        level: "info",
        event: "rotation.done",
        by: "cron",
        trial: "accepted",
        expiresAt,
        durationMs: expect.any(Number),
      },
    ]);
  });

  it("writes KV twice: the token, and after it the outcome", async () => {
    const site = createRotatingSite();
    await site.run();
    expect(site.kv.writeLog).toEqual([TOKEN_KEY, HISTORY_KEY]);
  });

  it("adds its outcome to those of earlier runs", async () => {
    const site = createRotatingSite();
    await site.run();
    await site.run();
    expect(site.history()).toHaveLength(2);
  });

  it("puts on record that a request has minted the token before", async () => {
    const site = createRotatingSite();
    await site.visit("/cat.jpg");
    site.advance(3_600);
    await site.run();
    const brought = { outcome: "published", durationMs: expect.any(Number) };
    expect(site.history()).toMatchObject([
      { at: NOW, by: "request", ...brought, expiresAt: NOW + 604_800_000 },
      { ...RUN, at: NOW + 3_600_000, ...brought, expiresAt: NOW + 3_600_000 + 604_800_000 },
    ]);
  });

  it("is not spoilt by a history that cannot be written", async () => {
    const site = createRotatingSite();
    site.kv.reads = "throws";
    expect(await site.run()).toBeUndefined();
    expect(site.published()).toMatch(/^4_download_/);
    expect(site.log.events().at(-1)).toMatchObject({ level: "error", event: "rotation.not-recorded" });
  });
});

interface FailedCase {
  step: string;
  cause: string;
  b2?: LocalB2Options;
  prepare?: (site: RotatingSite) => void;
  error: typeof MintError | typeof KvError | typeof TokenRefusedError;
}

describe("a run that fails publishes nothing, keeps the old token, is written down, and throws", () => {
  const cases: FailedCase[] = [
    { step: "authorize", cause: "key", prepare: ({ b2 }) => b2.setKey({ key: "another" }), error: MintError },
    { step: "bucket", cause: "bucket", prepare: ({ b2 }) => b2.deleteBucket("images"), error: MintError },
    { step: "rights", cause: "key", b2: { capabilities: ["readFiles"] }, error: MintError },
    {
      step: "download-authorization",
      cause: "key",
      prepare: ({ b2 }) =>
        b2.faults([{ operation: "b2_get_download_authorization", status: 401, code: "unauthorized" }]),
      error: MintError,
    },
    {
      step: "trial",
      cause: "key",
      prepare: ({ b2 }) => b2.faults([{ operation: DOWNLOAD, times: 2, status: 401, code: "unauthorized" }]),
      error: TokenRefusedError,
    },
    {
      step: "publish",
      cause: "storage",
      prepare: ({ kv }) => {
        kv.writes = "throws";
      },
      error: KvError,
    },
  ];

  it.each(cases)("at the step $step", async ({ step, cause, b2, prepare, error }) => {
    const site = createRotatingSite({}, b2);
    site.putOldToken(6);
    prepare?.(site);
    expect(await site.run()).toBeInstanceOf(error);
    expect(site.published()).toBe(OLD_TOKEN);
    expect(site.log.events()).toContainEqual(
      expect.objectContaining({ level: "error", event: "rotation.failed", step }),
    );
    const whatIsWrong = { cause, error: expect.stringContaining(error.name) };
    const written = { ...RUN, outcome: "failed", step, ...whatIsWrong, durationMs: expect.any(Number) };
    // No rotation brought the old token, so a request must have.
    const before = expect.objectContaining({ by: "request", outcome: "published" });
    expect(site.history()).toEqual(step === "publish" ? [] : [before, written]);
  });
});

describe("a new token that B2 refuses twice", () => {
  const refuse: Fault = { operation: DOWNLOAD, times: 2, status: 401, code: "unauthorized" };
  const nothingBetter: [string, (site: RotatingSite) => void][] = [
    ["KV is empty", () => undefined],
    ["the one in KV has expired", (site) => site.putOldToken(169)],
    ["the one in KV expires in 5 minutes", (site) => site.putOldToken(168 - 5 / 60)],
    ["the one in KV is for another key", (site) => site.putOldToken(6, { applicationKeyId: "0012345" })],
    ["the record in KV is of an older version", ({ kv }) => kv.values.set(TOKEN_KEY, '{"version":0}')],
  ];

  it.each(nothingBetter)("is published with a warning when %s", async (_, prepare) => {
    const site = createRotatingSite();
    prepare(site);
    site.b2.faults([refuse]);
    expect(await site.run()).toBeUndefined();
    expect(site.published()).toMatch(/^4_download_[0-9a-f]{32}/);
    expect(site.log.events()).toContainEqual(
      expect.objectContaining({ level: "warn", event: "rotation.done", trial: "refused" }),
    );
    expect(site.history().at(-1)).toMatchObject({
      outcome: "published-unproven",
      cause: "key",
      error: expect.stringContaining("readFiles"),
    });
  });

  it("tells the owner what may be wrong while KV holds a fresh one", async () => {
    const site = createRotatingSite();
    site.putOldToken(167);
    site.b2.faults([refuse]);
    expect(await site.run()).toMatchObject({
      code: "token-refused",
      message: expect.stringContaining("readFiles for the bucket and prefix?"),
    });
    expect(site.published()).toBe(OLD_TOKEN);
  });
});

const UNCLEAR: [string, Omit<Fault, "operation">][] = [
  ["403", { status: 403, code: "access_denied" }],
  ["403 of a cap", { status: 403, code: "download_cap_exceeded" }],
  ["429", { status: 429, code: "too_many_requests" }],
  ["500", { status: 500, code: "internal_error" }],
  ["503", { status: 503, code: "service_unavailable" }],
  ["a broken connection", { reset: "before" }],
  ["no answer", { stall: true }],
];

it.each(UNCLEAR)("%s to the trial does not block: B2's API has vouched for the token", async (_, fault) => {
  const site = createRotatingSite();
  site.putOldToken(6);
  site.b2.faults([{ operation: DOWNLOAD, times: 2, ...fault }]);
  expect(await site.run()).toBeUndefined();
  expect(site.published()).not.toBe(OLD_TOKEN);
  expect(site.log.events()).toContainEqual(
    expect.objectContaining({
      level: "warn",
      event: "rotation.done",
      trial: "unclear",
      fault: expect.stringContaining(DOWNLOAD),
    }),
  );
  expect(callsOf(site.b2)[AUTHORIZE]).toBe(1);
});

describe("a key with an end", () => {
  const keyExpiresAt = NOW + 30 * 86_400_000;

  it("is told in the log, and on record, and the token knows it", async () => {
    const site = createRotatingSite({}, { ...NARROW, keyExpiresAt });
    await site.run();
    expect(site.log.events()).toContainEqual(expect.objectContaining({ event: "rotation.done", keyExpiresAt }));
    expect(site.history()).toEqual([expect.objectContaining({ keyExpiresAt })]);
    expect(JSON.parse(site.kv.values.get(TOKEN_KEY) ?? "")).toMatchObject({ keyExpiresAt });
  });
});

describe("a key that may do more than is needed", () => {
  it("is one warning a rotation, with the command for a narrower key", async () => {
    const capabilities = ["listFiles", "readFiles", "shareFiles", "writeFiles", "deleteFiles"];
    const site = createRotatingSite({ B2_BUCKET_NAME: "images" }, { capabilities });
    for (let n = 0; n < 2; n += 1) await site.run();
    const warnings = site.log.events().filter(({ event }) => event === "key.more-than-needed");
    expect(warnings).toEqual(
      Array(2).fill({
        level: "warn",
        event: "key.more-than-needed",
        excess: "writeFiles, deleteFiles",
        advice:
          "Make a narrower key with: b2 key create --bucket images b2-image-worker listFiles,readFiles,shareFiles",
      }),
    );
  });

  it("is no warning otherwise", async () => {
    const site = createRotatingSite({}, NARROW);
    await site.run();
    expect(site.log.lines().join("\n")).not.toContain("key.more-than-needed");
  });
});

describe("what a request has minted since the last run", () => {
  it("is on record as the request's, before the run that finds it, and once", async () => {
    const site = createRotatingSite({}, NARROW);
    await site.run();
    site.advance(3_600);
    site.b2.expireTokens();
    await runAhead(site.startIsolate()());
    site.advance(3_600);
    await site.run();
    await site.run();
    expect(site.history().map(({ at, by, outcome }) => [at - NOW, by, outcome])).toEqual([
      [expect.any(Number), "cron", "published"],
      [expect.closeTo(3_600_000, -4), "request", "published"],
      [expect.closeTo(7_200_000, -4), "cron", "published"],
      [expect.any(Number), "cron", "published"],
    ]);
  });

  it("is on record once, however many runs after it fail", async () => {
    const site = createRotatingSite({}, NARROW);
    await runAhead(site.visit());
    site.b2.setKey({ key: "another" });
    for (let n = 0; n < 3; n += 1) {
      site.advance(3_600);
      await site.run();
    }
    expect(site.history().map(({ by, outcome }) => `${by} ${outcome}`)).toEqual([
      "request published",
      "cron failed",
      "cron failed",
      "cron failed",
    ]);
  });
});
