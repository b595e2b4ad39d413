import { expect, it } from "vitest";
import { createAllowance } from "../../../src/gallery/allowance.ts";

const MINUTE_MS = 60_000;

it("begins full, ends, and comes back one by one", () => {
  const allowance = createAllowance({ most: 2, oneBackAfterMs: 5 * MINUTE_MS });
  const spent = (minutes: number) => allowance.spend(minutes * MINUTE_MS);
  expect([spent(0), spent(0), spent(0)]).toEqual([true, true, false]);
  expect(allowance.waitMs(MINUTE_MS)).toBe(4 * MINUTE_MS);
  expect([spent(4.9), spent(5), spent(5)]).toEqual([false, true, false]);
  expect([spent(600), spent(600), spent(600)]).toEqual([true, true, false]);
  expect(allowance.waitMs(600 * MINUTE_MS)).toBe(5 * MINUTE_MS);
});

it("gets back what cost nothing, and never more than it began with", () => {
  const allowance = createAllowance({ most: 1, oneBackAfterMs: MINUTE_MS });
  allowance.giveBack();
  expect([allowance.spend(0), allowance.spend(0)]).toEqual([true, false]);
  allowance.giveBack();
  expect([allowance.spend(0), allowance.spend(0)]).toEqual([true, false]);
});

it("is not filled by a clock that goes back", () => {
  const allowance = createAllowance({ most: 1, oneBackAfterMs: MINUTE_MS });
  expect([allowance.spend(MINUTE_MS), allowance.spend(0), allowance.spend(MINUTE_MS)]).toEqual([true, false, false]);
});
