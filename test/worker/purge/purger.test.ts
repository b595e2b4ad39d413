import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Purge } from "../../../src/purge/purge-queue.ts";
import type { Purger } from "../../../src/purge/purger.ts";
import { passMs, runAhead } from "../support/clock.ts";
import { createLimitedCaches, type LimitedCaches } from "../support/limited-caches.ts";
import { eventsOf, newIsolate, purgeOf } from "../support/purges.ts";

const SHORT_MS = 2_500;

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

describe("a purge", () => {
  it("goes into one call for each cache, from the inside out", async () => {
    account = createLimitedCaches({ names: ["Images", "Presets", "default"], now: Date.now });
    const purges = [
      purgeOf("a"),
      purgeOf("b", { tags: ["/b", "/"], pathPrefixes: ["/b/"] }),
      purgeOf("c", { tags: ["/"] }),
    ];
    expect(await purge(purges)).toEqual({ kind: "purged" });
    const options = { tags: ["/a", "/b", "/"], pathPrefixes: ["/b/"] };
    expect(calls()).toEqual([
      ["Images", options],
      ["Presets", options],
      ["default", options],
    ]);
  });

  it("of everything is a call of its own, and covers all that wait", async () => {
    expect(await purge([purgeOf("a"), purgeOf("all", { tags: [], everything: true })])).toEqual({ kind: "purged" });
    expect(calls()).toEqual([
      ["Images", { purgeEverything: true }],
      ["default", { purgeEverything: true }],
    ]);
  });

  it("of more than a call takes goes into several, each brought to its end before the next one is begun", async () => {
    expect(await purge(eventsOf(0, 150))).toEqual({ kind: "purged" });
    expect(account.carried.map(({ cache, options }) => [cache, options.tags?.length])).toEqual([
      ["Images", 100],
      ["default", 100],
      ["Images", 50],
      ["default", 50],
    ]);
  });

  it("counts paths and tags together, as Cloudflare does", async () => {
    const purges = eventsOf(0, 60).map((each) => ({ ...each, pathPrefixes: [`${each.id}/`] }));
    expect(await purge(purges)).toEqual({ kind: "purged" });
    expect(account.carried.map(({ options }) => options.tags?.length)).toEqual([50, 50, 10, 10]);
  });

  it("of nothing is done without a call", async () => {
    expect(await purge([])).toEqual({ kind: "purged" });
    expect(calls()).toEqual([]);
  });

  it("says that there is no cache, where there is none", async () => {
    const caches = [{ name: "Images", purge: async () => ({ kind: "no-cache" }) as const }];
    const result = await runAhead(purger({ purges: [purgeOf("a")], caches, withinMs: SHORT_MS }));
    expect(result).toEqual({ kind: "no-cache" });
  });
});

describe("told again", () => {
  it("an event is not purged again", async () => {
    await purge([purgeOf("a")]);
    expect(await purge([purgeOf("a")])).toEqual({ kind: "purged" });
    expect(account.carried).toHaveLength(2);
  });

  it("what an owner asks for is purged again", async () => {
    await purge([purgeOf("a", { isEvent: false })]);
    await purge([purgeOf("a", { isEvent: false })]);
    expect(account.carried).toHaveLength(4);
  });

  it("while it is under way, what an owner asks for begins anew: the file may have changed in between", async () => {
    account.setCallsLeft(1);
    await purge([purgeOf("a", { isEvent: false })]);
    account.setCallsLeft(25);
    passMs(12_000);
    await purge([purgeOf("a", { isEvent: false })]);
    expect(account.carried.map(({ cache }) => cache)).toEqual(["Images", "Images", "default"]);
  });

  it("the last 10,000 events are known", async () => {
    for (let first = 0; first < 10_001; first += 100) {
      account.setCallsLeft(25);
      await purger({ purges: eventsOf(first, 100), caches: account.caches, withinMs: SHORT_MS });
    }
    account.setCallsLeft(25);
    account.carried.length = 0;
    await purge(eventsOf(10_099, 1));
    expect(account.carried).toHaveLength(0);
    await purge(eventsOf(0, 1));
    expect(account.carried).toHaveLength(2);
  });
});

describe("purges of several requests at once", () => {
  it("are joined: one calls, and the others look whether theirs is done", async () => {
    const takes = () => new Promise((resolve) => setTimeout(resolve, 100));
    account = createLimitedCaches({ now: Date.now, takes });
    const requests = Array.from({ length: 40 }, (_, n) =>
      purger({ purges: eventsOf(n, 1), caches: account.caches, withinMs: SHORT_MS }),
    );
    expect(new Set((await runAhead(Promise.all(requests))).map(({ kind }) => kind))).toEqual(new Set(["purged"]));
    expect(account.carried.map(({ options }) => options.tags?.length)).toEqual([1, 1, 39, 39]);
  });

  it("do not wait for ever for one that died in the middle of its call", async () => {
    const hanging = [{ name: "Images", purge: () => new Promise<never>(() => undefined) }];
    void purger({ purges: [purgeOf("a")], caches: hanging, withinMs: SHORT_MS });
    expect(await purge([purgeOf("b")])).toMatchObject({ kind: "waiting", left: ["b"] });
    passMs(30_000);
    expect(await purge([purgeOf("b")])).toEqual({ kind: "purged" });
    expect(account.carried[0]?.options.tags).toEqual(["/a", "/b"]);
  });
});
