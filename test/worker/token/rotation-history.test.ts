import { expect, it } from "vitest";
import { addOutcome, parseHistory, type RotationOutcome } from "../../../src/token/rotation-history.ts";

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
    { at: AT, outcome: "failed", step: "authorize", durationMs: 10_000 },
  ];
  expect(parseHistory(JSON.stringify(history))).toEqual(history);
});

it("leaves out members that it does not know", () => {
  expect(parseHistory(JSON.stringify([{ ...outcome(1), mood: "sunny" }]))).toEqual([outcome(1)]);
});

it.each([null, "", "not JSON", "{}", "null", '[{"at": "noon"}]', '[{"at": 1, "outcome": "hm", "durationMs": 1}]'])(
  "is begun anew when KV holds %j, since nothing depends on it",
  (text) => {
    expect(parseHistory(text)).toEqual([]);
  },
);
