import { beforeEach, expect, it, vi } from "vitest";
import { createDownloader } from "../../../src/images/download.ts";
import { type DownloadToken, formatRecord } from "../../../src/token/download-token.ts";
import type { Minted } from "../../../src/token/mint.ts";
import { TokenUnavailableError } from "../../../src/token/token-unavailable-error.ts";
import { passMs } from "../support/clock.ts";
import { TOKEN_KEY, tokenIssuedAt } from "../support/download-token.ts";
import { API_DOWN, createSourceUnderTest, mintedNow, type SourceUnderTest } from "../support/token-source.ts";

// What the simulation found, each as small as it can be told.

const MINUTE_MS = 60_000;
const WEEK_MS = 604_800_000;

let mint: () => Promise<Minted>;
let { kv, source, mintedAt, caller }: SourceUnderTest = createSourceUnderTest(() => mint());
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 10, 24, 18) });
  ({ kv, source, mintedAt, caller } = createSourceUnderTest(() => mint()));
  mint = async () => mintedNow("4_new");
});

const ignore = () => undefined;

function tokenWith(leftMs: number, token: string): DownloadToken {
  return tokenIssuedAt(Date.now() + leftMs - WEEK_MS, { token });
}

/** One download of a visitor, whatever comes of it. */
async function download({ status }: { status: 401 | 404 }): Promise<void> {
  vi.stubGlobal("fetch", async () => new Response(null, { status }));
  const asked = { method: "GET", range: undefined, path: "cat.jpg", caller } as const;
  await createDownloader({ tokens: source, log: ignore })(asked).catch(ignore);
}

function putInKv(stored: DownloadToken): void {
  kv.values.set(TOKEN_KEY, formatRecord(stored));
}

it.each([
  ["fails", () => Promise.reject(API_DOWN)],
  ["gives a token that is refused", async () => mintedNow("4_dead", "refused")],
])("when the mint %s, what came to KV meanwhile is found, past its cache", async (_, thisMint) => {
  mint = async () => {
    putInKv(tokenWith(WEEK_MS, "4_other"));
    return await thisMint();
  };
  expect((await source.get(caller)).token).toBe("4_other");
  const looks = kv.readLog.filter(({ key }) => key === TOKEN_KEY);
  expect(looks.map(({ cacheTtl }) => cacheTtl)).toEqual([60, 30]);
});

it("while mints fail KV is always read past its cache: its copy of nothing may be a minute old", async () => {
  mint = () => Promise.reject(API_DOWN);
  await expect(source.get(caller)).rejects.toThrow(TokenUnavailableError);
  kv.readLog.length = 0;
  passMs(5_000);
  await expect(source.get(caller)).rejects.toThrow(TokenUnavailableError);
  expect(kv.readLog.every(({ cacheTtl }) => cacheTtl === 30)).toBe(true);
});

it("a look at KV in the pause does not put off the mint that comes after it", async () => {
  mint = () => Promise.reject(API_DOWN);
  await expect(source.get(caller)).rejects.toThrow();
  passMs(5_000);
  await expect(source.get(caller)).rejects.toThrow();
  // B2 may be asked 10 s after the second failure; KV is looked at just before.
  passMs(9_900);
  await expect(source.get(caller)).rejects.toThrow();
  passMs(200);
  mint = async () => mintedNow("4_new");
  expect((await source.get(caller)).token).toBe("4_new");
});

it("a key whose tokens are all refused is asked for fewer and fewer, whoever asks first", async () => {
  mint = async () => mintedNow(`4_dead_${mintedAt.length}`, "refused");
  // Where KV took them, its newest one would keep all from minting for two minutes.
  kv.writes = "throws";
  const start = Date.now();
  for (let second = 0; second < 80; second += 1) {
    await download({ status: 401 });
    passMs(1_000);
  }
  expect(mintedAt.map((at) => Math.round((at - start) / 1000))).toEqual([0, 5, 15, 35, 75]);
});

it("an old token that still works is not given up for a new one that is refused, neither here nor in KV", async () => {
  putInKv(tokenWith(3 * MINUTE_MS, "4_old"));
  mint = async () => mintedNow("4_dead", "refused");
  for (let n = 0; n < 3; n += 1) expect((await source.get(caller)).token).toBe("4_old");
  expect(mintedAt).toHaveLength(1);
  expect(kv.writeLog).toEqual([]);
});

it("a new token that is refused is not written over what KV may have when it could not be read", async () => {
  kv.reads = "throws";
  mint = async () => mintedNow("4_dead", "refused");
  expect((await source.get(caller)).token).toBe("4_dead");
  expect(kv.writeLog).toEqual([]);
});

it("failures are over when a token of KV has worked: the next one waits 5 s again", async () => {
  mint = () => Promise.reject(API_DOWN);
  for (const pauseMs of [5_000, 10_000, 20_000]) {
    await expect(source.get(caller)).rejects.toThrow();
    passMs(pauseMs);
  }
  const cron = tokenWith(WEEK_MS - 60 * MINUTE_MS, "4_cron");
  putInKv(cron);
  await download({ status: 404 });
  const error: unknown = await source.renew(cron, caller).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ retryAfterSeconds: 5 });
});

it("a last resort that works does not end the pause", async () => {
  putInKv(tokenWith(3 * MINUTE_MS, "4_old"));
  mint = () => Promise.reject(API_DOWN);
  for (let n = 0; n < 5; n += 1) await download({ status: 404 });
  expect(mintedAt).toHaveLength(1);
});

it("a look that took longer than its lease does not end the lease of the one after it", async () => {
  const mints: PromiseWithResolvers<Minted>[] = [];
  mint = () => {
    const started = Promise.withResolvers<Minted>();
    mints.push(started);
    return started.promise;
  };
  const visits = [source.get(caller)];
  await expect.poll(() => mints.length).toBe(1);
  passMs(30_001);
  visits.push(source.get(caller));
  await expect.poll(() => mints.length).toBe(2);
  mints[0]?.reject(API_DOWN);
  await Promise.allSettled(visits.slice(0, 1));
  passMs(6_000);
  await expect(source.get(caller)).rejects.toThrow(TokenUnavailableError);
  expect(mintedAt).toHaveLength(2);
  mints[1]?.resolve(mintedNow("4_new"));
  expect((await visits[1])?.token).toBe("4_new");
});
