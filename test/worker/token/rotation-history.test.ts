import { describe, expect, it } from "vitest";
import {
  addOutcome,
  isTrouble,
  parseHistory,
  type RotationOutcome,
  withMintOfRequest,
} from "../../../src/token/rotation-history.ts";

const AT = Date.UTC(2026, 10, 24);

function outcome(number: number): RotationOutcome {
  return { at: AT + number, outcome: "published", durationMs: 300 };
}

it("keeps the last 50, the newest at the end", () => {
  let history: RotationOutcome[] = [];
  for (let number = 1; number <= 60; number += 1) history = addOutcome(history, outcome(number));
  expect(history).toHaveLength(50);
  expect([history[0], history[49]]).toEqual([outcome(11), outcome(60)]);
});

it("does not change the history that it is given", () => {
  const history = [outcome(1)];
  addOutcome(history, outcome(2));
  expect(history).toEqual([outcome(1)]);
});

it("is read as it was written, each kind of outcome", () => {
  const history: RotationOutcome[] = [
    outcome(1),
    { at: AT, outcome: "published-unproven", durationMs: 900 },
    { at: AT, outcome: "failed", step: "authorize", cause: "key", error: "MintError: authorize", durationMs: 10_000 },
    {
      at: AT,
      by: "request",
      outcome: "published",
      durationMs: 0,
      expiresAt: AT + 1,
      capabilities: ["readFiles"],
      keyExpiresAt: AT + 2,
    },
    { at: AT, by: "cron", cron: "0 */6 * * *", outcome: "published", alertedAt: AT, keyAlertedAt: AT, durationMs: 1 },
  ];
  expect(parseHistory(JSON.stringify(history))).toEqual(history);
});

it("leaves out members that it does not know", () => {
  expect(parseHistory(JSON.stringify([{ ...outcome(1), mood: "sunny" }]))).toEqual([outcome(1)]);
});

it.each([null, "", "not JSON", "{}", "null", '[{"at": "noon"}]', '[{"at": 1, "outcome": "hm", "durationMs": 1}]'])(
  "is begun anew when KV holds %j, since the next run tells all that is needed",
  (text) => {
    expect(parseHistory(text)).toEqual([]);
  },
);

describe("the mint of a request", () => {
  const RUN: RotationOutcome = { at: 1_000, by: "cron", outcome: "published", durationMs: 500 };
  const MINT: RotationOutcome = { at: 3_000, by: "request", outcome: "published", durationMs: 0, expiresAt: 9_000 };

  it.each([
    { name: "is seen by the token that it left", history: [RUN], issuedAt: 3_000, runs: [RUN, MINT] },
    {
      name: "stands where it belongs in time",
      history: [{ ...RUN, at: 4_000 }],
      issuedAt: 3_000,
      runs: [MINT, { ...RUN, at: 4_000 }],
    },
    { name: "is not seen in the token of a run that has just begun", history: [RUN], issuedAt: 1_000, runs: [RUN] },
    { name: "is not seen in the token of a run that was ending", history: [RUN], issuedAt: 1_500, runs: [RUN] },
    { name: "is seen once", history: [RUN, MINT], issuedAt: 3_000, runs: [RUN, MINT] },
  ])("$name", ({ history, issuedAt, runs }) => {
    expect(withMintOfRequest(history, { issuedAt, expiresAt: 9_000 })).toEqual(runs);
  });

  it("is not seen without a token", () => {
    expect(withMintOfRequest([RUN], undefined)).toEqual([RUN]);
  });
});

it.each<[Partial<RotationOutcome>, boolean]>([
  [{ outcome: "published" }, false],
  [{ outcome: "published-unproven" }, false],
  [{ outcome: "published-unproven", cause: "key" }, true],
  [{ outcome: "failed", cause: "storage" }, true],
  [{ outcome: "failed" }, true],
])("%j is trouble: %s", (what, trouble) => {
  expect(isTrouble({ ...outcome(1), ...what })).toBe(trouble);
});
