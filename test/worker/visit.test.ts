import { expect, it } from "vitest";
import { callerOf } from "../../src/visit.ts";

const kept: unknown[] = [];
const ctx = { waitUntil: (work: Promise<unknown>) => void kept.push(work) };

it.each([["8f2d1c0b9a7e6d5c-AMS"], [undefined]])("a caller tells the ray of its request: %s", (ray) => {
  const headers = ray === undefined ? {} : { "CF-Ray": ray };
  const caller = callerOf({ request: new Request("https://image.example.com/cat.jpg", { headers }), ctx });
  expect(caller.ray).toBe(ray);
});

it("a caller keeps work going after the response", () => {
  const work = Promise.resolve();
  callerOf({ request: new Request("https://image.example.com/cat.jpg"), ctx }).waitUntil(work);
  expect(kept).toEqual([work]);
});
