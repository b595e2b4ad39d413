import { expect, it } from "vitest";
import { createPurgeQueue, type Purge } from "../../../src/purge/purge-queue.ts";

const ASKED: Purge = { id: "a", tags: ["/a"], pathPrefixes: [], everything: false, isEvent: false };

it("a purge that is asked for anew, while the last call for it is under way, is not done by that", () => {
  const queue = createPurgeQueue(() => 0);
  queue.add([ASKED]);
  const underWay = queue.next();
  queue.add([ASKED]);
  queue.advance(underWay, 1);
  expect([queue.isWaiting("a"), queue.next().stage]).toEqual([true, 0]);
});

it("two calls for the same purge count once", () => {
  const queue = createPurgeQueue(() => 0);
  queue.add([ASKED]);
  const [one, other] = [queue.next(), queue.next()];
  queue.advance(one, 3);
  queue.advance(other, 3);
  expect(queue.next().stage).toBe(1);
});
