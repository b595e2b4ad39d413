import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import type { RotationOutcome } from "../../../src/token/rotation-history.ts";
import { createTokenStore, KvError } from "../../../src/token/store.ts";
import { SCOPE, tokenIssuedAt } from "../support/download-token.ts";
import { FaultyKv } from "../support/faulty-kv.ts";

const TOKEN = tokenIssuedAt(1);
const OUTCOME: RotationOutcome = { at: 1, outcome: "published", durationMs: 2 };

describe("with Workers KV", () => {
  it("reads nothing where nothing is, then what was written", async () => {
    const store = createTokenStore(env.TOKENS, SCOPE);
    expect(await store.read()).toBeUndefined();
    await store.write(TOKEN);
    expect(await createTokenStore(env.TOKENS, SCOPE).read({ pastCache: true })).toEqual(TOKEN);
  });

  it("keeps the token under one key, and the rotations under another", async () => {
    const store = createTokenStore(env.TOKENS, SCOPE);
    await store.write(TOKEN);
    await store.write({ ...TOKEN, token: "4_download_4567" });
    await store.addOutcome(OUTCOME);
    const { keys } = await env.TOKENS.list();
    expect(keys.map(({ name }) => name)).toEqual(["download-token", "rotation-history"]);
    expect(await env.TOKENS.get("rotation-history", "json")).toEqual([OUTCOME]);
  });

  it("adds to the rotations that are there", async () => {
    const store = createTokenStore(env.TOKENS, SCOPE);
    await env.TOKENS.put("rotation-history", JSON.stringify([OUTCOME]));
    await store.addOutcome({ ...OUTCOME, at: 2 });
    expect(await env.TOKENS.get("rotation-history", "json")).toEqual([OUTCOME, { ...OUTCOME, at: 2 }]);
  });
});

it("lets a place keep the record for 60 s, and for the least that KV accepts when it wants news", async () => {
  const kv = new FaultyKv();
  const store = createTokenStore(kv, SCOPE);
  await store.read();
  await store.read({ pastCache: true });
  expect(kv.readLog).toEqual([
    { key: "download-token", cacheTtl: 60 },
    { key: "download-token", cacheTtl: 30 },
  ]);
});

describe("KV's faults are typed errors with a code, the operation and the cause", () => {
  const store = (changes: Partial<FaultyKv>) => createTokenStore(Object.assign(new FaultyKv(), changes), SCOPE);

  it.each([
    ["a read that throws", () => store({ reads: "throws" }).read(), "read"],
    ["a write that throws", () => store({ writes: "throws" }).write(TOKEN), "write"],
    ["a history that cannot be read", () => store({ reads: "throws" }).addOutcome(OUTCOME), "read"],
    ["a history that cannot be written", () => store({ writes: "throws" }).addOutcome(OUTCOME), "write"],
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
