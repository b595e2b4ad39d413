import { beforeEach, describe, expect, it } from "vitest";
import { B2Error } from "../../../src/b2/error.ts";
import type { DownloadToken } from "../../../src/token/download-token.ts";
import type { Minted } from "../../../src/token/mint.ts";
import { MintError } from "../../../src/token/mint-error.ts";
import { createTokenSource } from "../../../src/token/source.ts";
import { createTokenStore } from "../../../src/token/store.ts";
import { FaultyKv } from "../support/faulty-kv.ts";
import { tokenNamed } from "../support/token-named.ts";

const SCOPE = { applicationKeyId: "local-key-id", bucketName: undefined, fileNamePrefix: "" };
const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const DOWN = new MintError(
  "authorize",
  "wait",
  new B2Error({ code: "unreachable", operation: "b2_authorize_account" }),
);
const UNCLEAR = new B2Error({ code: "timeout", operation: "b2_download_file_by_name" });

let now = 0;
beforeEach(() => {
  now = Date.UTC(2026, 10, 24, 18);
});

/** One isolate, and all that may happen to it. */
function createIsolate() {
  const kv = new FaultyKv();
  const store = createTokenStore(kv, SCOPE);
  const asked: string[] = [];
  let mint: () => Promise<Minted> = () => Promise.reject(DOWN);
  const source = createTokenSource({
    store: {
      ...store,
      read: (options) => {
        asked.push("KV");
        return store.read(options);
      },
    },
    mint: () => {
      asked.push("B2");
      return mint();
    },
    log: () => undefined,
    now: () => now,
    wait: async (ms) => {
      now += ms;
      await Promise.resolve();
    },
  });
  const caller = { waitUntil: () => undefined, ray: undefined };
  const known = new Map<string, DownloadToken>();

  function named(name: string, minutesLeft = 7 * 24 * 60): DownloadToken {
    const token = known.get(name) ?? { ...tokenNamed(name, now), expiresAt: now + minutesLeft * MINUTE_MS };
    known.set(name, token);
    return token;
  }

  async function outcomeOf(what: Promise<DownloadToken>): Promise<string> {
    return await what.then(
      ({ token }) => token,
      () => "503",
    );
  }

  return {
    kvHas: (name: string, minutesLeft?: number) => store.write(named(name, minutesLeft)),
    mintGives: (name: string, kind: "accepted" | "refused" | "unclear" = "accepted") => {
      mint = async () => ({
        token: named(name),
        trial: kind === "unclear" ? { kind, fault: UNCLEAR } : { kind },
      });
    },
    mintFails: () => {
      mint = () => Promise.reject(DOWN);
    },
    get: () => outcomeOf(source.get(caller)),
    renew: (name: string) => outcomeOf(source.renew(named(name), caller)),
    confirm: (name: string) => source.confirm(named(name)),
    reject: (name: string) => source.reject(named(name)),
    /** Whom the source has asked since the last look at this. */
    asked: () => asked.splice(0).join(", "),
  };
}

type Isolate = ReturnType<typeof createIsolate>;

describe("what a request gets, and who is asked for it", () => {
  const rows: [string, (isolate: Isolate) => Promise<unknown>, string, string][] = [
    [
      "a fresh token in memory: it, and nobody is asked",
      async ({ kvHas, get }) => {
        await kvHas("4_held");
        await get();
      },
      "4_held",
      "",
    ],
    ["none in memory: KV's", ({ kvHas }) => kvHas("4_kv"), "4_kv", "KV"],
    ["nor has KV: a new one", async ({ mintGives }) => mintGives("4_new"), "4_new", "KV, B2"],
    [
      "KV's is in its last five minutes: a new one",
      async ({ kvHas, mintGives }) => {
        await kvHas("4_old", 5);
        mintGives("4_new");
      },
      "4_new",
      "KV, B2",
    ],
    ["the same, and the mint fails: the old one", ({ kvHas }) => kvHas("4_old", 5), "4_old", "KV, B2, KV"],
    [
      "the same, and B2 refuses the new one: the old one",
      async ({ kvHas, mintGives }) => {
        await kvHas("4_old", 5);
        mintGives("4_dead", "refused");
      },
      "4_old",
      "KV, B2, KV",
    ],
    [
      "B2 refuses the new one, and there is nothing better: it",
      async ({ mintGives }) => mintGives("4_dead", "refused"),
      "4_dead",
      "KV, B2, KV",
    ],
    ["nothing at all: 503", async () => undefined, "503", "KV, B2, KV"],
    [
      "nothing at all, and a mint has just failed: 503, and nobody is asked",
      async ({ get }) => {
        await get();
      },
      "503",
      "",
    ],
    [
      "nothing but a token that B2 refused: it, since B2 may take it again",
      async ({ kvHas, get, renew }) => {
        await kvHas("4_refused");
        await get();
        await renew("4_refused");
      },
      "4_refused",
      "",
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
    now += 5 * SECOND_MS;
    await isolate.get();
    isolate.asked();
    return isolate;
  }

  it("KV is looked at every 5 s, however many requests come, until B2 may be asked", async () => {
    const isolate = await failing();
    now += 10 * SECOND_MS;
    await isolate.get();
    isolate.asked();
    const from = now;
    const looks: number[] = [];
    while (now < from + 19.5 * SECOND_MS) {
      await isolate.get();
      if (isolate.asked() === "KV") looks.push((now - from) / SECOND_MS);
      now += SECOND_MS / 2;
    }
    expect(looks).toEqual([5, 10, 15]);
  });

  const events: [string, (isolate: Isolate) => Promise<unknown>, boolean][] = [
    [
      "a fresh token of KV that works ends the pause",
      async ({ kvHas, get, confirm }) => {
        await kvHas("4_kv");
        now += 5 * SECOND_MS;
        await get();
        confirm("4_kv");
      },
      true,
    ],
    [
      "a last resort that works does not",
      async ({ kvHas, get, confirm }) => {
        await kvHas("4_old", 4);
        now += 5 * SECOND_MS;
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
    expect(isolate.asked().includes("B2")).toBe(isOver);
  });

  it("the held token that works in its last minutes does not end the pause: each of its downloads would ask B2", async () => {
    const isolate = createIsolate();
    await isolate.kvHas("4_held", 60);
    await isolate.get();
    now += 56 * MINUTE_MS;
    isolate.asked();
    const asked: string[] = [];
    for (let n = 0; n < 4; n += 1) {
      expect(await isolate.get()).toBe("4_held");
      isolate.confirm("4_held");
      asked.push(isolate.asked());
    }
    expect(asked).toEqual(["KV, B2, KV", "", "", ""]);
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
    expect(isolate.asked()).toBe("");
    now += 5 * SECOND_MS;
    await isolate.renew("4_dead");
    expect(isolate.asked()).toBe("KV, B2");
  });
});
