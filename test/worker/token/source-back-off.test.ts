import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Minted } from "../../../src/token/mint.ts";
import { TokenUnavailableError } from "../../../src/token/token-unavailable-error.ts";
import { passMs } from "../support/clock.ts";
import { TOKEN_KEY, tokenIssuedAt } from "../support/download-token.ts";
import { API_DOWN, createSourceUnderTest, mintedNow } from "../support/token-source.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 10, 24, 18) });
});

describe("after a failed mint", () => {
  it("B2's API is left alone for 5 s, doubling to 5 min, however many requests come", async () => {
    const { source, mintedAt, caller } = createSourceUnderTest(() => Promise.reject(API_DOWN));
    const start = Date.now();
    while (Date.now() < start + 1_600_000) {
      await source.get(caller).catch(() => undefined);
      passMs(500);
    }
    const pauses = mintedAt.slice(1).map((at, index) => (at - (mintedAt[index] ?? 0)) / 1000);
    expect(pauses).toEqual([5, 10, 20, 40, 80, 160, 300, 300, 300, 300]);
  });

  it("a request is told when it is worth coming again", async () => {
    const { source, caller } = createSourceUnderTest(() => Promise.reject(API_DOWN));
    const waits: number[] = [];
    for (let n = 0; n < 5; n += 1) {
      const error = await source.get(caller).catch((thrown: unknown) => thrown);
      if (!(error instanceof TokenUnavailableError)) throw new Error("no TokenUnavailableError");
      waits.push(error.retryAfterSeconds);
      passMs(error.retryAfterSeconds * 1000);
    }
    expect(waits).toEqual([5, 10, 20, 40, 80]);
  });

  it("what another isolate or the cron has written is found within 5 s, long before the next mint", async () => {
    const { source, store, mintedAt, caller } = createSourceUnderTest(() => Promise.reject(API_DOWN));
    for (let n = 0; n < 400; n += 1) {
      await source.get(caller).catch(() => undefined);
      passMs(500);
    }
    const mints = mintedAt.length;
    await store.write(tokenIssuedAt(Date.now(), { token: "4_from_cron" }));
    passMs(5_000);
    expect((await source.get(caller)).token).toBe("4_from_cron");
    expect(mintedAt).toHaveLength(mints);
  });

  it("a new token that works ends it: the next failure waits 5 s again", async () => {
    let isUp = false;
    const tested = createSourceUnderTest(async () => {
      if (!isUp) throw API_DOWN;
      return mintedNow("4_new");
    });
    const { source, mintedAt, caller } = tested;
    for (const waitMs of [5_000, 10_000, 20_000]) {
      await source.get(caller).catch(() => undefined);
      passMs(waitMs);
    }
    isUp = true;
    const token = await source.get(caller);
    expect(token.token).toBe("4_new");
    source.confirm(token);
    isUp = false;
    tested.kv.reads = "throws";
    vi.setSystemTime(token.expiresAt);
    mintedAt.length = 0;
    for (let n = 0; n < 31; n += 1) {
      await source.get(caller).catch(() => undefined);
      passMs(500);
    }
    expect(mintedAt.map((at) => at - token.expiresAt)).toEqual([0, 5_000, 15_000]);
  });
});

it("a request that dies while it looks for a token holds the others up for 30 s at most", async () => {
  let mints = 0;
  const { source, caller } = createSourceUnderTest(async () => {
    mints += 1;
    return mints === 1 ? await new Promise<never>(() => undefined) : mintedNow("4_new");
  });
  const start = Date.now();
  void source.get(caller);
  await expect(source.get(caller)).rejects.toThrow(TokenUnavailableError);
  expect(Date.now() - start).toBeLessThanOrEqual(15_020);
  expect((await source.get(caller)).token).toBe("4_new");
  expect(Date.now() - start).toBeLessThanOrEqual(30_020);
});

it("the look-up goes on when its visitor leaves: it is given to waitUntil before it is awaited", async () => {
  const mint = Promise.withResolvers<Minted>();
  const { source, kv, afterwards, caller } = createSourceUnderTest(() => mint.promise);
  void source.get(caller);
  expect(afterwards).toHaveLength(1);
  mint.resolve(mintedNow("4_new"));
  await Promise.all(afterwards);
  await Promise.all(afterwards);
  expect(kv.values.get(TOKEN_KEY)).toContain("4_new");
});

it("a visitor does not wait until a new token is written to KV", async () => {
  const { source, kv, caller } = createSourceUnderTest(async () => mintedNow("4_new"));
  kv.writes = "hangs";
  expect((await source.get(caller)).token).toBe("4_new");
  expect(kv.writeLog).toEqual([TOKEN_KEY]);
});

it("a dead token that KV had starts no back-off: nothing was minted in vain", async () => {
  const { source, store, mintedAt, caller } = createSourceUnderTest(async () => mintedNow("4_new"));
  await store.write(tokenIssuedAt(Date.now() - 120_000, { token: "4_from_cron" }));
  const dead = await source.get(caller);
  source.reject(dead);
  expect((await source.renew(dead, caller)).token).toBe("4_new");
  expect(mintedAt).toHaveLength(1);
});

it("of two tokens in their last minutes, the one that B2 refused is not tried first again", async () => {
  const { source, store, caller } = createSourceUnderTest(() => Promise.reject(API_DOWN));
  const held = tokenIssuedAt(Date.now(), { token: "4_held" });
  await store.write(held);
  await source.get(caller);
  vi.setSystemTime(held.expiresAt - 4 * 60_000);
  const other = tokenIssuedAt(Date.now(), { token: "4_other", expiresAt: Date.now() + 4.5 * 60_000 });
  await store.write(other);
  expect((await source.get(caller)).token).toBe("4_other");
  expect((await source.renew(other, caller)).token).toBe("4_held");
  expect((await source.get(caller)).token).toBe("4_held");
});

it("a minted token that did work starts no back-off when it dies: another one will help", async () => {
  const { source, mintedAt, caller } = createSourceUnderTest(async () => mintedNow(`4_new_${mintedAt.length}`));
  const minted = await source.get(caller);
  source.confirm(minted);
  passMs(120_000);
  source.reject(minted);
  expect((await source.renew(minted, caller)).token).toBe("4_new_2");
});
