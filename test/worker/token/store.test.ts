import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { type DownloadToken, formatRecord, type TokenScope } from "../../../src/token/download-token.ts";
import type { RotationOutcome } from "../../../src/token/rotation-history.ts";
import { createTokenStore, KvError } from "../../../src/token/store.ts";
import { HISTORY_KEY, OLD_TOKEN_KEY, SCOPE, TOKEN_KEY, tokenIssuedAt } from "../support/download-token.ts";
import { FaultyKv } from "../support/faulty-kv.ts";

const TOKEN = tokenIssuedAt(1);
const OUTCOME: RotationOutcome = { at: 1, outcome: "published", durationMs: 2 };

describe("with Workers KV", () => {
  it("reads nothing where nothing is, then what was written", async () => {
    const store = createTokenStore(env.TOKENS, SCOPE);
    expect(await store.read()).toBeUndefined();
    await store.write(TOKEN);
    expect(await createTokenStore(env.TOKENS, SCOPE).read({ pastCache: true })).toEqual({
      token: TOKEN,
      isOfThisKey: true,
      hasOldName: false,
    });
  });

  it("keeps the token under one key, and the rotations under another", async () => {
    const store = createTokenStore(env.TOKENS, SCOPE);
    await store.write(TOKEN);
    await store.write({ ...TOKEN, token: "4_download_4567" });
    await store.writeHistory([OUTCOME]);
    const { keys } = await env.TOKENS.list();
    expect(keys.map(({ name }) => name)).toEqual([TOKEN_KEY, HISTORY_KEY]);
    expect(await env.TOKENS.get(HISTORY_KEY, "json")).toEqual([OUTCOME]);
  });

  it("reads the rotations that are there", async () => {
    const store = createTokenStore(env.TOKENS, SCOPE);
    expect(await store.history()).toEqual([]);
    await env.TOKENS.put(HISTORY_KEY, JSON.stringify([OUTCOME]));
    expect(await createTokenStore(env.TOKENS, SCOPE).history()).toEqual([OUTCOME]);
  });
});

it("lets a place keep the record for 60 s, and for the least that KV accepts when it wants news", async () => {
  const kv = new FaultyKv();
  const store = createTokenStore(kv, SCOPE);
  await store.write(TOKEN);
  await store.read();
  await store.read({ pastCache: true });
  expect(kv.readLog).toEqual([
    { key: TOKEN_KEY, cacheTtl: 60 },
    { key: TOKEN_KEY, cacheTtl: 30 },
  ]);
});

describe("each scope has names of its own in KV, so that Workers that share a namespace do not fight", () => {
  const scopes: [string, Partial<TokenScope>, string][] = [
    ["the key's only bucket", {}, "key/local-key-id/"],
    ["the key's only bucket, with a prefix", { fileNamePrefix: "photos/" }, "key/local-key-id/photos/"],
    ["another key", { applicationKeyId: "0012345" }, "key/0012345/"],
    ["a named bucket, whatever the key", { bucketName: "images" }, "bucket/images/"],
    ["a named bucket, with a prefix", { bucketName: "images", fileNamePrefix: "a b/é/" }, "bucket/images/a b/é/"],
  ];

  it.each(scopes)("%s", async (_, changes, name) => {
    const kv = new FaultyKv();
    const scope = { ...SCOPE, ...changes };
    const store = createTokenStore(kv, scope);
    await store.write({ ...TOKEN, ...scope, bucketName: "images" });
    await store.writeHistory([OUTCOME]);
    expect(kv.writeLog).toEqual([`download-token/${name}`, `rotation-history/${name}`]);
    expect(await store.read()).toBeDefined();
  });

  it("with the longest prefix that B2 takes: KV takes names of 512 bytes", async () => {
    const store = createTokenStore(env.TOKENS, {
      ...SCOPE,
      bucketName: "b".repeat(63),
      fileNamePrefix: "山".repeat(341),
    });
    await store.write(TOKEN);
    await store.writeHistory([OUTCOME]);
    expect((await env.TOKENS.list()).keys).toHaveLength(2);
  });
});

describe("the record under the name of earlier releases", () => {
  const older = (changes: Partial<DownloadToken> = {}) => {
    const kv = new FaultyKv();
    kv.values.set(OLD_TOKEN_KEY, formatRecord({ ...TOKEN, ...changes }));
    return kv;
  };

  it("is read when there is none under this scope's", async () => {
    const read = await createTokenStore(older(), SCOPE).read();
    expect(read).toEqual({ token: TOKEN, isOfThisKey: true, hasOldName: true });
  });

  it("is not looked at when there is one", async () => {
    const kv = older({ token: "4_older" });
    const store = createTokenStore(kv, SCOPE);
    await store.write(TOKEN);
    expect(await store.read()).toMatchObject({ token: TOKEN, hasOldName: false });
    expect(kv.readLog).toHaveLength(1);
  });

  it.each([
    ["another bucket", { bucketName: "archive" }],
    ["another prefix", { fileNamePrefix: "photos/" }],
  ])("is not taken for %s", async (_, changes) => {
    const store = createTokenStore(older(changes), { ...SCOPE, bucketName: "images" });
    expect(await store.read()).toBeUndefined();
  });

  it("of another key is told as such, and only where the settings name the bucket", async () => {
    const kv = older({ applicationKeyId: "0012345" });
    expect(await createTokenStore(kv, { ...SCOPE, bucketName: "images" }).read()).toMatchObject({ isOfThisKey: false });
    expect(await createTokenStore(kv, SCOPE).read()).toBeUndefined();
  });
});

describe("KV's faults are typed errors with a code, the operation and the cause", () => {
  const store = (changes: Partial<FaultyKv>) => createTokenStore(Object.assign(new FaultyKv(), changes), SCOPE);

  it.each([
    ["a read that throws", () => store({ reads: "throws" }).read(), "read"],
    ["a write that throws", () => store({ writes: "throws" }).write(TOKEN), "write"],
    ["a history that cannot be read", () => store({ reads: "throws" }).history(), "read"],
    ["a history that cannot be written", () => store({ writes: "throws" }).writeHistory([OUTCOME]), "write"],
  ])("%s", async (_, run, operation) => {
    const error = await run().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(KvError);
    expect(error).toMatchObject({ code: "kv-failed", operation, message: `KV ${operation} failed` });
    expect(error).toHaveProperty("cause.message", `KV ${operation}: 500 Internal Error`);
  });

  it.each([
    ["a read that hangs", () => store({ reads: "hangs" }).read()],
    ["a write that hangs", () => store({ writes: "hangs" }).write(TOKEN)],
  ])("%s, after 5 seconds", async (_, run) => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const failure = run().catch((thrown: unknown) => thrown);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await failure).toBeInstanceOf(KvError);
  });
});
