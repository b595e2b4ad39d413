import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Purge } from "../../../src/purge/purge-queue.ts";
import type { Purger } from "../../../src/purge/purger.ts";
import { passMs, runAhead } from "../support/clock.ts";
import { createLimitedCaches, type LimitedCaches, RATE_LIMITED } from "../support/limited-caches.ts";
import { eventsOf, newIsolate, purgeOf } from "../support/purges.ts";

const SHORT_MS = 2_500;
const LONG_MS = 30_000;

let account: LimitedCaches;
let purger: Purger;

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 24) });
  account = createLimitedCaches({ now: Date.now });
  purger = newIsolate();
});

function purge(purges: Purge[], withinMs = SHORT_MS) {
  return runAhead(purger({ purges, caches: account.caches, withinMs }));
}

/** Each call that was carried out: the cache, and what it purged. */
function calls(): unknown[] {
  return account.carried.map(({ cache, options }) => [cache, options]);
}

describe("when Cloudflare refuses", () => {
  it("what is purged is not purged again: the next cache follows when another call is allowed", async () => {
    account.setCallsLeft(1);
    expect(await purge([purgeOf("a")])).toEqual({
      kind: "waiting",
      left: ["a"],
      faults: [RATE_LIMITED],
      retryAfterSeconds: 12,
    });
    passMs(12_000);
    expect(await purge([purgeOf("a")])).toEqual({ kind: "purged" });
    expect(account.carried.map(({ cache }) => cache)).toEqual(["Images", "default"]);
  });

  it("it is not called again before another call is allowed", async () => {
    account.setCallsLeft(0);
    await purge([purgeOf("a")]);
    expect(await purge([purgeOf("b")])).toMatchObject({ kind: "waiting", left: ["b"] });
    expect(account.refused).toBe(1);
  });

  it("a caller with time waits until calls are allowed again", async () => {
    account.setCallsLeft(0.5);
    expect(await purge([purgeOf("a")], LONG_MS)).toEqual({ kind: "purged" });
    expect(account.carried.map(({ cache }) => cache)).toEqual(["Images", "default"]);
  });

  it("a purge that was left waiting is done together with the next one", async () => {
    account.setCallsLeft(0);
    await purge(eventsOf(0, 30));
    passMs(24_000);
    expect(await purge(eventsOf(30, 20))).toEqual({ kind: "purged" });
    expect(account.carried.map(({ options }) => options.tags?.length)).toEqual([50, 50]);
    expect(await purge(eventsOf(0, 30))).toEqual({ kind: "purged" });
    expect(account.carried).toHaveLength(2);
  });

  it("what an owner waits for goes before a backlog of events", async () => {
    account.setCallsLeft(0);
    await purge(eventsOf(0, 150));
    passMs(24_000);
    expect(await purge([purgeOf("now", { isEvent: false })])).toEqual({ kind: "purged" });
    expect(account.carried[0]?.options.tags?.[0]).toBe("/now");
  });

  it("a purge that nobody finished is forgotten after an hour", async () => {
    account.setCallsLeft(0);
    await purge([purgeOf("a")]);
    passMs(3_600_001);
    await purge([purgeOf("b")]);
    expect(calls()).toEqual([
      ["Images", { tags: ["/b"] }],
      ["default", { tags: ["/b"] }],
    ]);
  });

  it("a cache that throws is a cache that refuses", async () => {
    const caches = [{ name: "Images", purge: () => Promise.reject(new Error("no such entrypoint")) }];
    const result = await runAhead(purger({ purges: [purgeOf("a")], caches, withinMs: SHORT_MS }));
    expect(result).toMatchObject({ kind: "waiting", faults: [{ code: 0, message: "Error: no such entrypoint" }] });
  });

  it("at most 5,000 purges wait", async () => {
    account.setCallsLeft(0);
    await purge(eventsOf(0, 4_999));
    expect(await purge(eventsOf(4_999, 2))).toMatchObject({ kind: "waiting", left: ["4999", "5000"] });
    account.setCallsLeft(25);
    passMs(12_000);
    await purge([purgeOf("all", { tags: [], everything: true, isEvent: false })]);
    account.carried.length = 0;
    expect(await purge(eventsOf(4_998, 2))).toEqual({ kind: "purged" });
    expect(account.carried[0]?.options.tags).toEqual(["/4999"]);
  });
});
