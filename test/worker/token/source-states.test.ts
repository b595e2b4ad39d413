import { beforeEach, describe, expect, it, vi } from "vitest";
import { passMs } from "../support/clock.ts";
import { type Asked, createIsolate, type Isolate } from "../support/source-isolate.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 10, 24, 18) });
});

describe("what a request gets, and who is asked for it", () => {
  const rows: [string, (isolate: Isolate) => Promise<unknown>, string, Asked][] = [
    [
      "a fresh token in memory: it, and nobody is asked",
      async ({ kvHas, get }) => {
        await kvHas("4_held");
        await get();
      },
      "4_held",
      [0, 0],
    ],
    ["none in memory: KV's", ({ kvHas }) => kvHas("4_kv"), "4_kv", [1, 0]],
    ["nor has KV: a new one", async ({ mintGives }) => mintGives("4_new"), "4_new", [1, 1]],
    [
      "KV's is in its last five minutes: a new one",
      async ({ kvHas, mintGives }) => {
        await kvHas("4_old", 5);
        mintGives("4_new");
      },
      "4_new",
      [1, 1],
    ],
    ["the same, and the mint fails: the old one", ({ kvHas }) => kvHas("4_old", 5), "4_old", [2, 1]],
    [
      "the same, and B2 refuses the new one: the old one",
      async ({ kvHas, mintGives }) => {
        await kvHas("4_old", 5);
        mintGives("4_dead", "refused");
      },
      "4_old",
      [2, 1],
    ],
    [
      "B2 refuses the new one, and there is nothing better: it",
      async ({ mintGives }) => mintGives("4_dead", "refused"),
      "4_dead",
      [2, 1],
    ],
    ["nothing at all: 503", async () => undefined, "503", [2, 1]],
    [
      "nothing at all, and a mint has just failed: 503, and nobody is asked",
      async ({ get }) => {
        await get();
      },
      "503",
      [0, 0],
    ],
    [
      "nothing but a token that B2 refused: it, since B2 may take it again",
      async ({ kvHas, get, renew }) => {
        await kvHas("4_refused");
        await get();
        await renew("4_refused");
      },
      "4_refused",
      [0, 0],
    ],
  ];

  it.each(rows)("%s", async (_, prepare, token, asked) => {
    const isolate = createIsolate();
    await prepare(isolate);
    isolate.asked();
    expect([await isolate.get(), isolate.asked()]).toEqual([token, asked]);
  });
});

it("who waits for the value of another request is not given the token that B2 has just refused", async () => {
  const isolate = createIsolate();
  await isolate.kvHas("4_kv");
  isolate.mintGives("4_new");
  expect(await Promise.all([isolate.get(), isolate.renew("4_kv")])).toEqual(["4_kv", "4_new"]);
});

describe("after a failed mint", () => {
  /** An isolate whose mint has failed twice, so that B2 may be asked again in 10 s. */
  async function failing(): Promise<Isolate> {
    const isolate = createIsolate();
    await isolate.get();
    passMs(5 * SECOND_MS);
    await isolate.get();
    isolate.asked();
    return isolate;
  }

  it("KV is looked at every 5 s, however many requests come, until B2 may be asked", async () => {
    const isolate = await failing();
    passMs(10 * SECOND_MS);
    await isolate.get();
    isolate.asked();
    const from = Date.now();
    const looks: number[] = [];
    while (Date.now() < from + 19.5 * SECOND_MS) {
      await isolate.get();
      if (isolate.asked()[0] > 0) looks.push((Date.now() - from) / SECOND_MS);
      passMs(SECOND_MS / 2);
    }
    expect(looks).toEqual([5, 10, 15]);
  });

  const events: [string, (isolate: Isolate) => Promise<unknown>, boolean][] = [
    [
      "a fresh token of KV that works ends the pause",
      async ({ kvHas, get, confirm }) => {
        await kvHas("4_kv");
        passMs(5 * SECOND_MS);
        await get();
        confirm("4_kv");
      },
      true,
    ],
    [
      "a last resort that works does not",
      async ({ kvHas, get, confirm }) => {
        await kvHas("4_old", 4);
        passMs(5 * SECOND_MS);
        await get();
        confirm("4_old");
      },
      false,
    ],
    [
      "a token that works and is not the held one does not",
      async ({ confirm }) => {
        confirm("4_of_a_slow_download");
      },
      false,
    ],
  ];

  it.each(events)("%s", async (_, happens, isOver) => {
    const isolate = await failing();
    await happens(isolate);
    isolate.asked();
    await isolate.renew("4_kv");
    expect(isolate.asked()[1]).toBe(isOver ? 1 : 0);
  });

  it("the held token that works in its last minutes does not end the pause: each of its downloads would ask B2", async () => {
    const isolate = createIsolate();
    await isolate.kvHas("4_held", 60);
    await isolate.get();
    passMs(56 * MINUTE_MS);
    isolate.asked();
    const asked: Asked[] = [];
    for (let n = 0; n < 4; n += 1) {
      expect(await isolate.get()).toBe("4_held");
      isolate.confirm("4_held");
      asked.push(isolate.asked());
    }
    expect(asked).toEqual([
      [2, 1],
      [0, 0],
      [0, 0],
      [0, 0],
    ]);
  });
});

describe("a minted token that B2 refuses", () => {
  it.each(["accepted", "unclear"] as const)("starts the back-off once, after a trial that was %s", async (kind) => {
    const isolate = createIsolate();
    isolate.mintGives("4_dead", kind);
    await isolate.get();
    for (let n = 0; n < 3; n += 1) isolate.reject("4_dead");
    isolate.asked();
    await isolate.renew("4_dead");
    expect(isolate.asked()).toEqual([0, 0]);
    passMs(5 * SECOND_MS);
    await isolate.renew("4_dead");
    expect(isolate.asked()).toEqual([1, 1]);
  });
});
