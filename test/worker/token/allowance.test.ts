import { beforeEach, describe, expect, it } from "vitest";
import { type Allowance, createAllowance } from "../../../src/token/allowance.ts";
import { MINTS } from "../../../src/token/back-off.ts";

const MINUTE_MS = 60_000;

let now = 0;
let allowance: Allowance;
beforeEach(() => {
  now = Date.UTC(2026, 10, 24, 18);
  allowance = createAllowance({ ...MINTS, now: () => now });
});

/** Mints as often as it may, every second. Gives the minutes of each. */
function mintFor(minutes: number): number[] {
  const from = now;
  const minted: number[] = [];
  for (; now < from + minutes * MINUTE_MS; now += 1_000) {
    if (now < allowance.nextAt()) continue;
    allowance.spend();
    minted.push(Math.round((now - from) / MINUTE_MS));
  }
  return minted;
}

describe("an isolate may mint", () => {
  it("five times, and once more each 30 minutes", () => {
    expect(mintFor(100)).toEqual([0, 0, 0, 0, 0, 30, 60, 90]);
  });

  it("no more than five times after a day without a mint", () => {
    mintFor(10);
    now += 24 * 60 * MINUTE_MS;
    expect(mintFor(29)).toHaveLength(5);
  });

  it("for ever when it mints once in 30 minutes", () => {
    for (let n = 0; n < 100; n += 1) {
      expect(allowance.nextAt()).toBeLessThanOrEqual(now);
      allowance.spend();
      now += 30 * MINUTE_MS;
    }
  });
});

it("what cost nothing is given back, and never makes more than the whole", () => {
  for (let n = 0; n < 5; n += 1) allowance.spend();
  expect(allowance.nextAt()).toBeGreaterThan(now);
  allowance.giveBack();
  expect(mintFor(1)).toHaveLength(1);
  now += 24 * 60 * MINUTE_MS;
  allowance.spend();
  allowance.giveBack();
  expect(mintFor(1)).toHaveLength(5);
});
