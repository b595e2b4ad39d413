import { beforeEach, expect, it, vi } from "vitest";
import { B2Error } from "../../../src/b2/error.ts";
import { type DownloadToken, formatRecord } from "../../../src/token/download-token.ts";
import type { Minted } from "../../../src/token/mint.ts";
import { MintError } from "../../../src/token/mint-error.ts";
import { createTokenSource } from "../../../src/token/source.ts";
import { createTokenStore } from "../../../src/token/store.ts";
import { TokenUnavailableError } from "../../../src/token/token-unavailable-error.ts";
import { withRenewal } from "../../../src/token/with-renewal.ts";
import { FaultyKv } from "../support/faulty-kv.ts";

// What the simulation found, each as small as it can be told.

const SCOPE = { applicationKeyId: "local-key-id", bucketName: undefined, fileNamePrefix: "" };
const MINUTE_MS = 60_000;
const DOWN = new MintError(
  "authorize",
  "wait",
  new B2Error({ code: "unreachable", operation: "b2_authorize_account" }),
);
const REFUSED = new B2Error({ code: "unauthorized", operation: "b2_download_file_by_name", status: 401 });

let kv = new FaultyKv();
let mintedAt: number[] = [];
let mint: () => Promise<Minted> = async () => minted("4_new");
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 10, 24, 18) });
  kv = new FaultyKv();
  mintedAt = [];
});

function pass(ms: number): void {
  vi.setSystemTime(Date.now() + ms);
}

const ignore = () => undefined;
const CALLER = { waitUntil: ignore, ray: undefined };

function createSource() {
  return createTokenSource({
    store: createTokenStore(kv, SCOPE),
    mint: () => {
      mintedAt.push(Date.now());
      return mint();
    },
    log: ignore,
    now: Date.now,
    wait: async (ms) => {
      pass(ms);
    },
  });
}

function token(text: string, leftMs = 604_800_000): DownloadToken {
  return {
    token: text,
    downloadUrl: "https://f002.backblazeb2.com",
    bucketId: "bucket-id",
    bucketName: "images",
    fileNamePrefix: "",
    applicationKeyId: SCOPE.applicationKeyId,
    issuedAt: Date.now() + leftMs - 604_800_000,
    expiresAt: Date.now() + leftMs,
  };
}

function minted(text: string, kind: "accepted" | "refused" = "accepted"): Minted {
  return { token: token(text), trial: { kind } };
}

function putInKv(stored: DownloadToken): void {
  kv.values.set("download-token", formatRecord(stored));
}

it.each([
  ["fails", () => Promise.reject(DOWN)],
  ["gives a token that is refused", async () => minted("4_dead", "refused")],
])("when the mint %s, what came to KV meanwhile is found, past its cache", async (_, thisMint) => {
  mint = async () => {
    putInKv(token("4_other"));
    return await thisMint();
  };
  expect((await createSource().get(CALLER)).token).toBe("4_other");
  expect(kv.readLog.map(({ cacheTtl }) => cacheTtl)).toEqual([60, 30]);
});

it("while mints fail KV is always read past its cache: its copy of nothing may be a minute old", async () => {
  mint = () => Promise.reject(DOWN);
  const source = createSource();
  await expect(source.get(CALLER)).rejects.toThrow(TokenUnavailableError);
  kv.readLog.length = 0;
  pass(5_000);
  await expect(source.get(CALLER)).rejects.toThrow(TokenUnavailableError);
  expect(kv.readLog.every(({ cacheTtl }) => cacheTtl === 30)).toBe(true);
});

it("a look at KV in the pause does not put off the mint that comes after it", async () => {
  mint = () => Promise.reject(DOWN);
  const source = createSource();
  await expect(source.get(CALLER)).rejects.toThrow();
  pass(5_000);
  await expect(source.get(CALLER)).rejects.toThrow();
  // B2 may be asked 10 s after the second failure; KV is looked at just before.
  pass(9_900);
  await expect(source.get(CALLER)).rejects.toThrow();
  pass(200);
  mint = async () => minted("4_new");
  expect((await source.get(CALLER)).token).toBe("4_new");
});

it("a key whose tokens are all refused is asked for fewer and fewer, whoever asks first", async () => {
  mint = async () => minted(`4_dead_${mintedAt.length}`, "refused");
  const source = createSource();
  const start = Date.now();
  for (let second = 0; second < 80; second += 1) {
    await withRenewal(() => Promise.reject(REFUSED), { tokens: source, caller: CALLER, onRefused: ignore }).catch(
      ignore,
    );
    pass(1_000);
  }
  expect(mintedAt.map((at) => Math.round((at - start) / 1000))).toEqual([0, 5, 15, 35, 75]);
});

it("an old token that still works is not given up for a new one that is refused, neither here nor in KV", async () => {
  putInKv(token("4_old", 3 * MINUTE_MS));
  mint = async () => minted("4_dead", "refused");
  const source = createSource();
  for (let n = 0; n < 3; n += 1) expect((await source.get(CALLER)).token).toBe("4_old");
  expect(mintedAt).toHaveLength(1);
  expect(kv.writeLog).toEqual([]);
});

it("a new token that is refused is not written over what KV may have when it could not be read", async () => {
  kv.reads = "throws";
  mint = async () => minted("4_dead", "refused");
  expect((await createSource().get(CALLER)).token).toBe("4_dead");
  expect(kv.writeLog).toEqual([]);
});

it("failures are over when a token of KV has worked: the next one waits 5 s again", async () => {
  mint = () => Promise.reject(DOWN);
  const source = createSource();
  for (const pauseMs of [5_000, 10_000, 20_000]) {
    await expect(source.get(CALLER)).rejects.toThrow();
    pass(pauseMs);
  }
  putInKv(token("4_cron"));
  await withRenewal(async ({ token }) => token, { tokens: source, caller: CALLER, onRefused: ignore });
  const refused = token("4_cron");
  const error: unknown = await source.renew(refused, CALLER).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ retryAfterSeconds: 5 });
});

it("a last resort that works does not end the pause", async () => {
  putInKv(token("4_old", 3 * MINUTE_MS));
  mint = () => Promise.reject(DOWN);
  const source = createSource();
  for (let n = 0; n < 5; n += 1) {
    await withRenewal(async ({ token }) => token, { tokens: source, caller: CALLER, onRefused: ignore });
  }
  expect(mintedAt).toHaveLength(1);
});

it("a look that took longer than its lease does not end the lease of the one after it", async () => {
  const mints: PromiseWithResolvers<Minted>[] = [];
  mint = () => {
    const started = Promise.withResolvers<Minted>();
    mints.push(started);
    return started.promise;
  };
  const source = createSource();
  const visits = [source.get(CALLER)];
  await expect.poll(() => mints.length).toBe(1);
  pass(30_001);
  visits.push(source.get(CALLER));
  await expect.poll(() => mints.length).toBe(2);
  mints[0]?.reject(DOWN);
  await Promise.allSettled(visits.slice(0, 1));
  pass(6_000);
  await expect(source.get(CALLER)).rejects.toThrow(TokenUnavailableError);
  expect(mintedAt).toHaveLength(2);
  mints[1]?.resolve(minted("4_new"));
  expect((await visits[1])?.token).toBe("4_new");
});
