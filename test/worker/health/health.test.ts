import { describe, expect, it } from "vitest";
import { healthOf } from "../../../src/health/health.ts";
import {
  aged,
  BUCKET_GONE,
  type Case,
  check,
  DAY_MS,
  FAILED,
  HOUR_MS,
  KEY_REFUSED,
  NOW,
  run,
} from "../support/health-cases.ts";
import { API_DOWN } from "../support/token-source.ts";

describe("all is well", () => {
  it.each<Case>([
    { name: "with a young token", facts: { token: aged(6), history: [run(6)] }, troubles: [] },
    { name: "with half of the life left to the ms", facts: { token: aged(84), history: [run(84)] }, troubles: [] },
    { name: "with a young token and no rotation yet", facts: { token: aged(1) }, troubles: [] },
    {
      name: "while B2 has been away for a day",
      facts: { token: aged(30), history: [run(30), run(6, FAILED.storage)] },
      troubles: [],
    },
    {
      name: "when a request has minted since the rotation that failed",
      facts: { token: aged(1), history: [run(2, FAILED.key)] },
      troubles: [],
    },
    {
      name: "when a token that B2 could not be asked about was published",
      facts: { token: aged(1), history: [run(1, { outcome: "published-unproven" })] },
      troubles: [],
    },
    {
      name: "when a token that B2 refused at its trial works here",
      facts: {
        token: aged(1, { expiresAt: NOW + DAY_MS }),
        workedAt: NOW,
        history: [run(1, { outcome: "published-unproven", cause: "key", expiresAt: NOW + DAY_MS })],
      },
      troubles: [],
    },
    {
      name: "with a key that ends in a week",
      facts: { token: aged(1, { keyExpiresAt: NOW + 7 * DAY_MS }) },
      troubles: [],
    },
  ])("$name", check);
});

describe("no token", () => {
  const none = "There is no download token.";
  it.each<Case>([
    { name: "yet", facts: {}, troubles: ["down starting"], reason: `${none} One is being requested` },
    {
      name: "because KV cannot be read",
      facts: { isKvUnreadable: true },
      troubles: ["down storage"],
      reason: "Workers KV",
    },
    {
      name: "because B2 is away",
      facts: { mintFault: API_DOWN },
      troubles: ["down storage"],
      reason: `${none} MintError`,
    },
    {
      name: "because B2 refuses the key",
      facts: { mintFault: KEY_REFUSED },
      troubles: ["down key"],
      reason: "Check the key.",
    },
    {
      name: "because the bucket is gone",
      facts: { mintFault: BUCKET_GONE },
      troubles: ["down bucket"],
      reason: "deleted",
    },
    {
      name: "that has not expired",
      facts: { token: aged(169) },
      troubles: ["down starting"],
      reason: "The download token expired at 2026-11-24T17:00:00.000Z.",
    },
    {
      name: "and rotation says why",
      facts: { history: [run(1, FAILED.key)] },
      troubles: ["down starting", "down key"],
      reason: "The last rotation brought no token that works. MintError: authorize: Check the key.",
    },
  ])("$name", check);
});

it("is down as long as the only token is one that B2 refused at its trial, whatever the runs after it met", () => {
  const token = aged(6);
  const refused = run(6, { outcome: "published-unproven", cause: "key", expiresAt: token.expiresAt });
  const history = [refused, run(0, { ...FAILED.key, step: "trial" })];
  check({ name: "", facts: { token, history }, troubles: ["down key"] });
  check({ name: "", facts: { token, history, workedAt: NOW }, troubles: ["degraded key"] });
});

describe("the last rotation failed for what does not pass by itself", () => {
  it.each<Case>([
    { name: "a key", facts: { token: aged(6), history: [run(6), run(1, FAILED.key)] }, troubles: ["degraded key"] },
    {
      name: "a bucket",
      facts: { token: aged(6), history: [run(6), run(1, FAILED.bucket)] },
      troubles: ["degraded bucket"],
    },
    {
      name: "a token that B2 refused at its trial is all there is",
      facts: {
        token: aged(1, { expiresAt: NOW + DAY_MS }),
        history: [run(1, { outcome: "published-unproven", cause: "key", expiresAt: NOW + DAY_MS })],
      },
      troubles: ["down key"],
    },
    {
      name: "and B2 refuses the downloads of this isolate too",
      facts: { token: aged(6), history: [run(1, FAILED.key)], refusedSince: NOW },
      troubles: ["down key", "degraded key"],
    },
    {
      name: "before an older release wrote causes",
      facts: { token: aged(6), history: [run(1, { outcome: "failed", step: "authorize" })] },
      troubles: [],
    },
  ])("$name", check);

  it("tells at which step, and since when: the first of the runs in a row", () => {
    const history = [run(40, FAILED.key), run(30), run(20, FAILED.storage), run(10, FAILED.key), run(4, FAILED.key)];
    const facts = {
      applicationKeyId: "local-key-id",
      workedAt: undefined,
      refusedSince: undefined,
      mintFault: undefined,
    };
    const [trouble] = healthOf({ ...facts, token: aged(30), isKvUnreadable: false, history }, NOW);
    expect(trouble).toMatchObject({ step: "authorize", since: NOW - 20 * HOUR_MS });
  });
});

describe("images are served, but", () => {
  const foreign = { applicationKeyId: "0012345" };
  it.each<Case>([
    {
      name: "no rotation has worked for half of a token's life",
      facts: { token: aged(84 + 1 / HOUR_MS), history: [run(80, FAILED.storage)] },
      troubles: ["degraded storage"],
      reason:
        "No rotation has worked since 2026-11-21T05:59:59.999Z. The download token is valid until 2026-11-28T05:59:59.999Z.",
    },
    {
      name: "with the last resort, since B2 refuses the new key",
      facts: { token: aged(6, foreign), mintFault: KEY_REFUSED },
      troubles: ["degraded key"],
      reason: "the one of the key 0012345 is used until 2026-12-01T12:00:00.000Z. MintError: authorize",
    },
    {
      name: "with the last resort, since B2 is away",
      facts: { token: aged(6, foreign), mintFault: API_DOWN },
      troubles: ["degraded storage"],
    },
    {
      name: "the key ends within seven days",
      facts: { token: aged(1, { keyExpiresAt: NOW + 7 * DAY_MS - 1 }) },
      troubles: ["degraded key"],
      reason: "The application key ends at 2026-12-01T17:59:59.999Z. Make another one",
    },
    {
      name: "the key ends in hours, which makes its token short and not old",
      facts: { token: aged(5, { expiresAt: NOW + HOUR_MS, keyExpiresAt: NOW + HOUR_MS + 500 }) },
      troubles: ["degraded key"],
    },
    {
      name: "this isolate's downloads are refused, which odd names may cause",
      facts: { token: aged(1), refusedSince: NOW - 1, history: [run(1)] },
      troubles: ["degraded key"],
      reason: "Does the key still have readFiles and shareFiles",
    },
    {
      name: "its downloads are refused, and B2 gives it no other token for now",
      facts: { token: aged(1), refusedSince: NOW - 1, mintFault: API_DOWN },
      troubles: ["degraded key"],
    },
  ])("$name", check);

  it("not when its downloads are refused, and B2 refuses the key too", () => {
    check({
      name: "",
      facts: { token: aged(1), refusedSince: NOW - 1, mintFault: KEY_REFUSED },
      troubles: ["down key"],
    });
  });
});
