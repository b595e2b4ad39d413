import { expect, it } from "vitest";
import { createMemoryRoom } from "../../../src/images/memory-room.ts";

/** A room for 100 bytes, with a clock that moves when somebody waits. */
function roomAt(): { room: ReturnType<typeof createMemoryRoom>; clock: { now: number } } {
  const clock = { now: 0 };
  const wait = async (ms: number) => {
    clock.now += ms;
  };
  return { room: createMemoryRoom({ bytes: 100, leaseMs: 30_000, now: () => clock.now, wait }), clock };
}

it("lets in as much as fits, at once", async () => {
  const { room, clock } = roomAt();
  const places = [await room(40), await room(60)];
  expect(places.every((leave) => leave !== undefined)).toBe(true);
  expect(clock.now).toBe(0);
});

it("lets the next one in as soon as another one leaves", async () => {
  const clock = { now: 0 };
  let leave: (() => void) | undefined;
  const wait = async (ms: number) => {
    clock.now += ms;
    if (clock.now >= 1_000) leave?.();
  };
  const room = createMemoryRoom({ bytes: 100, leaseMs: 30_000, now: () => clock.now, wait });
  leave = await room(80);
  expect(await room(30)).toBeDefined();
  expect(clock.now).toBe(1_000);
});

it("gives up after ten seconds", async () => {
  const { room, clock } = roomAt();
  await room(80);
  expect(await room(30)).toBeUndefined();
  expect(clock.now).toBe(10_000);
});

it("lets something larger than itself in, alone", async () => {
  const { room } = roomAt();
  const leave = await room(500);
  expect(leave).toBeDefined();
  expect(await room(1)).toBeUndefined();
  leave?.();
  expect(await room(1)).toBeDefined();
});

it("takes back a place that nobody gave back, since the request of a visitor who left stops", async () => {
  const { room, clock } = roomAt();
  await room(100);
  clock.now = 29_000;
  expect(await room(100)).toBeDefined();
  expect(clock.now).toBe(30_000);
});

it("gives a place back once, however often its leave is taken", async () => {
  const { room } = roomAt();
  const leave = await room(60);
  await room(40);
  leave?.();
  leave?.();
  expect(await room(60)).toBeDefined();
  expect(await room(1)).toBeUndefined();
});
