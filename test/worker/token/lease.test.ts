import { beforeEach, expect, it } from "vitest";
import { createLease, type Lease } from "../../../src/token/lease.ts";

let now = 0;
let lease: Lease;
beforeEach(() => {
  now = 1_000_000;
  lease = createLease({
    now: () => now,
    wait: async (ms) => {
      now += ms;
      await Promise.resolve();
    },
  });
});

const nothing = () => undefined;
const never = () => new Promise<never>(() => undefined);

it("is taken from the moment that the work begins until it ends, also when it fails", async () => {
  const work = Promise.withResolvers<string>();
  const held = lease.hold(() => work.promise);
  expect(lease.isTaken()).toBe(true);
  work.resolve("done");
  expect(await held).toBe("done");
  expect(lease.isTaken()).toBe(false);
  await expect(lease.hold(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(lease.isTaken()).toBe(false);
});

it("of a request that dies runs out after 30 s", () => {
  void lease.hold(never);
  now += 29_999;
  expect(lease.isTaken()).toBe(true);
  now += 1;
  expect(lease.isTaken()).toBe(false);
});

it("that has run out and is another one's is not ended by the first one's work", async () => {
  const slow = Promise.withResolvers<void>();
  const first = lease.hold(() => slow.promise);
  now += 30_000;
  void lease.hold(never);
  slow.resolve();
  await first;
  expect(lease.isTaken()).toBe(true);
});

it("lets others wait until there is a value", async () => {
  void lease.hold(never);
  const from = now;
  expect(await lease.waitFor(() => (now >= from + 100 ? "a value" : undefined))).toBe("a value");
  expect(now - from).toBe(100);
});

it("lets others wait until the work has ended without a value", async () => {
  const work = Promise.withResolvers<void>();
  const held = lease.hold(() => work.promise);
  const waiting = lease.waitFor(nothing);
  work.resolve();
  await held;
  expect(await waiting).toBeUndefined();
  expect(now).toBeLessThan(1_000_100);
});

it("lets nobody wait for more than 15 s", async () => {
  void lease.hold(never);
  const from = now;
  expect(await lease.waitFor(nothing)).toBeUndefined();
  expect(now - from).toBe(15_000);
});

it("lets nobody wait when it is free", async () => {
  expect(await lease.waitFor(() => "a value")).toBeUndefined();
  expect(now).toBe(1_000_000);
});
