import { expect, it } from "vitest";
import { createFigures, type Figures } from "./figures.ts";
import { KINDS, wrongIn } from "./kinds.ts";
import type { Excuse } from "./promise.ts";

function failedOn(day: number, excuse: Excuse): Figures {
  const figures = createFigures(3);
  figures.days[day]?.failures.set(excuse, 1);
  return figures;
}

it.each(["odd", "key-change"])("in %s worlds visits may fail on the first day, before any token exists", (name) => {
  const kind = KINDS[name];
  if (kind === undefined) throw new Error("no such kind");
  expect(wrongIn(kind, failedOn(0, "api-fault"))).toBeUndefined();
  expect(wrongIn(kind, failedOn(1, "api-fault"))).toContain("api-fault");
});
