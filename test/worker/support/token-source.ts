import type { KeyFacts } from "../../../src/b2/application-key.ts";
import { B2Error } from "../../../src/b2/error.ts";
import type { Minted } from "../../../src/token/mint.ts";
import { MintError } from "../../../src/token/mint-error.ts";
import { type Caller, createTokenSource, type TokenSource } from "../../../src/token/source.ts";
import { createTokenStore, type TokenStore } from "../../../src/token/store.ts";
import { passMs } from "./clock.ts";
import { SCOPE, tokenIssuedAt } from "./download-token.ts";
import { FaultyKv } from "./faulty-kv.ts";

/** The error of a mint while B2's API is down. */
export const API_DOWN = new MintError(
  "authorize",
  "wait",
  new B2Error({ code: "unreachable", operation: "b2_authorize_account" }),
);

export interface SourceUnderTest {
  kv: FaultyKv;
  store: TokenStore;
  source: TokenSource;
  /** When each mint began. */
  mintedAt: number[];
  /** What was given to `waitUntil`. */
  afterwards: Promise<unknown>[];
  caller: Caller;
}

/**
 * A token source whose mint is a function of the test, since B2 is tested elsewhere.
 * Needs a faked `Date`: its waits take no time, but move the clock.
 */
export function createSourceUnderTest(mint: () => Promise<Minted>): SourceUnderTest {
  const kv = new FaultyKv();
  const store = createTokenStore(kv, SCOPE);
  const mintedAt: number[] = [];
  const afterwards: Promise<unknown>[] = [];
  const source = createTokenSource({
    store,
    mint: () => {
      mintedAt.push(Date.now());
      return mint();
    },
    log: () => undefined,
    now: Date.now,
    wait: async (ms) => {
      passMs(ms);
      await Promise.resolve();
    },
  });
  const caller = { waitUntil: (work: Promise<unknown>) => afterwards.push(work), ray: "8f-FRA" };
  return { kv, store, source, mintedAt, afterwards, caller };
}

/** What B2 says of a key that is just right. */
export const NARROW_KEY: KeyFacts = {
  buckets: [{ id: "bucket-id", name: "images" }],
  capabilities: ["readFiles", "shareFiles"],
  keyExpiresAt: undefined,
};

/** What a mint gives now. */
export function mintedNow(token: string, trial: "accepted" | "refused" = "accepted"): Minted {
  return { token: tokenIssuedAt(Date.now(), { token }), trial: { kind: trial }, key: NARROW_KEY };
}
