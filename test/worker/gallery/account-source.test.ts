import { beforeEach, expect, it, vi } from "vitest";
import { authorizeAccount } from "../../../src/b2/api.ts";
import { createAccountSource } from "../../../src/gallery/account-source.ts";
import { b2BehindFetch, callsOf, MINT_SETTINGS } from "../support/b2-behind-fetch.ts";
import { runAhead } from "../support/clock.ts";

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"], now: Date.UTC(2026, 10, 24, 12) });
});

it("a B2 that hangs is waited for ten seconds by the first visitor, and by nobody longer", async () => {
  const b2 = b2BehindFetch();
  b2.faults([{ operation: "b2_authorize_account", times: 9, stall: true }]);
  const authorize = () => authorizeAccount(MINT_SETTINGS.apiUrl, MINT_SETTINGS);
  const accounts = createAccountSource({ authorize, now: Date.now, wait });
  const startedAt = Date.now();

  async function visitAfter(seconds: number): Promise<number> {
    await wait(seconds * 1000);
    await expect(accounts.get()).rejects.toMatchObject({ code: "timeout" });
    return Date.now() - startedAt;
  }

  const ends = await runAhead(Promise.all([0, 1, 2, 14].map(visitAfter)));
  expect(ends.slice(0, 3).every((ms) => ms >= 10_000 && ms < 10_500)).toBe(true);
  expect(ends[3]).toBe(14_000);
  expect(callsOf(b2).b2_authorize_account).toBe(1);
});
