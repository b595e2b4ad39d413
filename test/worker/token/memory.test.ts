import { beforeEach, expect, it, vi } from "vitest";
import type { DownloadToken } from "../../../src/token/download-token.ts";
import { createTokenMemory, type TokenMemory } from "../../../src/token/memory.ts";
import { passMs } from "../support/clock.ts";
import { tokenIssuedAt } from "../support/download-token.ts";

const MINUTE_MS = 60_000;

let memory: TokenMemory;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 10, 24, 18) });
  memory = createTokenMemory(Date.now);
});

function withMinutesLeft(token: string, minutes: number): DownloadToken {
  return tokenIssuedAt(Date.now(), { token, expiresAt: Date.now() + minutes * MINUTE_MS });
}

it("begins empty", () => {
  expect([memory.held(), memory.fresh(), memory.lastResort(undefined)]).toEqual([undefined, undefined, undefined]);
});

it("gives the held token as fresh until 5 minutes before its end, and as a last resort until its end", () => {
  const token = memory.hold(withMinutesLeft("4_held", 60));
  const seen = [0, 54, 55, 59, 60].map((minutes) => {
    vi.setSystemTime(token.expiresAt - (60 - minutes) * MINUTE_MS);
    return [memory.fresh()?.token, memory.lastResort(undefined)?.token];
  });
  expect(seen).toEqual([
    ["4_held", "4_held"],
    ["4_held", "4_held"],
    [undefined, "4_held"],
    [undefined, "4_held"],
    [undefined, undefined],
  ]);
});

it.each<[string, (made: { old: DownloadToken; held: DownloadToken }) => void, (string | undefined)[]]>([
  ["one of KV in its last minutes, then the held one", () => undefined, ["4_old", "4_held"]],
  ["one that B2 refused comes last: the held one first", ({ old }) => memory.refuse(old), ["4_held", "4_old"]],
  ["one that B2 refused comes last: that of KV first", ({ held }) => memory.refuse(held), ["4_old", "4_held"]],
])("the order of the last resort: %s", (_, change, order) => {
  const held = memory.hold(withMinutesLeft("4_held", 4));
  const old = withMinutesLeft("4_old", 3);
  memory.keepOld(old);
  change({ old, held });
  const first = memory.lastResort(undefined);
  expect([first?.token, memory.lastResort(first)?.token]).toEqual(order);
});

it("another key's token comes after this key's, and before one that B2 refused", () => {
  const held = memory.hold(withMinutesLeft("4_held", 4));
  memory.keepForeign(withMinutesLeft("4_foreign", 60));
  memory.keepOld(withMinutesLeft("4_old", 3));
  const order: (string | undefined)[] = [];
  for (let refused = memory.lastResort(undefined); refused !== undefined; refused = memory.lastResort(refused)) {
    order.push(refused.token);
    memory.refuse(refused);
    if (order.length === 3) break;
  }
  expect(order).toEqual(["4_old", "4_held", "4_foreign"]);
  expect(memory.lastResort(held)?.token).toBe("4_foreign");
  expect(memory.fresh()).toBeUndefined();
});

it("another key's token that B2 refused comes last too", () => {
  const foreign = withMinutesLeft("4_foreign", 60);
  memory.keepForeign(foreign);
  memory.refuse(withMinutesLeft("4_refused_before", 90));
  memory.refuse(foreign);
  expect(memory.lastResort(undefined)?.token).toBe("4_refused_before");
});

it("never gives the one that was just refused", () => {
  const only = memory.hold(withMinutesLeft("4_only", 60));
  memory.refuse(only);
  expect(memory.lastResort(only)).toBeUndefined();
  expect(memory.lastResort(undefined)?.token).toBe("4_only");
});

it.each<[string, "keepOld" | "keepForeign" | "refuse"]>([
  ["old ones of KV", "keepOld"],
  ["another key's", "keepForeign"],
  ["refused ones", "refuse"],
])("of two %s it keeps the one that lives longer, whichever came first", (_, keep) => {
  memory[keep](withMinutesLeft("4_shorter", 2));
  memory[keep](withMinutesLeft("4_longer", 4));
  memory[keep](withMinutesLeft("4_short", 3));
  expect(memory.lastResort(undefined)?.token).toBe("4_longer");
});

it("drops a refused token only where it is still the one that is held", () => {
  const dead = memory.hold(withMinutesLeft("4_dead", 60));
  memory.hold(withMinutesLeft("4_new", 70));
  memory.refuse(dead);
  expect(memory.fresh()?.token).toBe("4_new");
});

it("knows when the last token that worked did, and nothing of others", () => {
  const [one, other] = [withMinutesLeft("4_one", 60), withMinutesLeft("4_other", 60)];
  const from = Date.now();
  memory.noteWorked(one);
  passMs(MINUTE_MS);
  expect([memory.workedAt(one), memory.workedAt(other)]).toEqual([from, undefined]);
  memory.noteWorked(other);
  expect([memory.workedAt(one), memory.workedAt(other)]).toEqual([undefined, from + MINUTE_MS]);
});
