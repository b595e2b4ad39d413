import { beforeEach, describe, expect, it, vi } from "vitest";
import { MintError } from "../../../src/token/mint-error.ts";
import { KvError } from "../../../src/token/store.ts";
import { TokenRefusedError } from "../../../src/token/token-refused-error.ts";
import type { LocalB2Options } from "../../local-b2/options.ts";
import { runAhead } from "../support/clock.ts";
import { HISTORY_KEY, TOKEN_KEY } from "../support/download-token.ts";
import { createRotatingSite, OLD_TOKEN, type RotatingSite } from "../support/rotating-site.ts";

const NOW = Date.UTC(2026, 10, 24, 18);
/** What is written down of every run. */
const RUN = { at: NOW, by: "cron", cron: "0 */6 * * *" };
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
