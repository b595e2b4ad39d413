import { type BackOff, createBackOff } from "./back-off.ts";
import { type DownloadToken, isFresh } from "./download-token.ts";
import { createLease, type Lease, type LeaseParts } from "./lease.ts";
import { createTokenMemory, type TokenMemory } from "./memory.ts";
import type { Minted } from "./mint.ts";
import { readStored, type Stored, type StoreParts, writeStored } from "./stored.ts";
import { TokenUnavailableError } from "./token-unavailable-error.ts";
import { type MintParts, tryToMint } from "./try-to-mint.ts";

export type TokenSourceParts = LeaseParts & StoreParts & Omit<MintParts, "backOff">;

/** The request that needs a token. */
export interface Caller {
  /** Keeps work going after the response, as `ExecutionContext.waitUntil` does. */
  waitUntil: (work: Promise<unknown>) => void;
  /** For the log. */
  ray: string | undefined;
}

/** Provides the requests of one isolate with download tokens. */
export interface TokenSource {
  /** A token from memory, else from KV (or from `known`, which was just read there), else from a mint. Throws `TokenUnavailableError`. */
  get(caller: Caller, known?: Stored): Promise<DownloadToken>;
  /** The token in memory, if it is fresh: what `get` gives nearly always, without a promise. */
  fresh(): DownloadToken | undefined;
  /** A token other than the one that B2 answered with 401. Throws `TokenUnavailableError`. */
  renew(refused: DownloadToken, caller: Caller): Promise<DownloadToken>;
  /** Notes that a token worked. If it is the fresh one in memory, every pause is over. */
  confirm(token: DownloadToken): void;
  /** Notes that B2 refused a download with a new token. If this isolate minted it and it never worked, its mint counts as failed. */
  reject(minted: DownloadToken): void;
  /** When this token last worked in this isolate, in ms since the epoch. */
  workedAt(token: DownloadToken): number | undefined;
  /** The token in memory, which may have expired. For the owner's page. */
  held(): DownloadToken | undefined;
  report(): TokenReport;
}

/** The state of the tokens in one isolate, for the health check. */
export interface TokenReport {
  /** The token that a download would use now. */
  token: DownloadToken | undefined;
  /** Since when fresh tokens have been refused while none has worked, in ms since the epoch. */
  refusedSince: number | undefined;
  /** Why the last mint failed, if nothing has worked since. */
  mintFault: unknown;
}

/**
 * Makes the token source of one isolate. Memory holds values, never promises: one request takes the lease and looks for a
 * token, and the others poll memory until it is there. What a request gets depends on what memory has:
 *
 * | memory                                   | the request gets                            | asked for it          |
 * |------------------------------------------|---------------------------------------------|-----------------------|
 * | a fresh token                            | it                                          | nobody                |
 * | none, and another request has the lease  | its value; after 15 s as in a pause         | nobody                |
 * | none                                     | KV's token, if fresh and not the refused one| KV                    |
 * | none, nor has KV                         | a new token                                 | KV, then B2           |
 * | none, and a mint failed or may not be    | the last resort, else 503                   | KV every 5 s          |
 *
 * What each event does to the states of a token:
 *
 * | event                                    | held      | last resort | refused | unproven | back-off           |
 * |------------------------------------------|-----------|-------------|---------|----------|--------------------|
 * | KV has a fresh token                     | it        |             |         |          |                    |
 * | KV has one in its last five minutes      |           | it          |         |          |                    |
 * | KV has one of another application key    |           | it, after this key's |  |        |                    |
 * | KV has one of less than two minutes that does not help | |           |         |          | until it is older  |
 * | a mint that B2 grants                    |           |             |         | it       | spends one of five |
 * | and whose trial B2 accepts, or is unclear| it        |             |         | it       |                    |
 * | and whose trial B2 refuses               | it, if nothing is better |         |  | none   | grows              |
 * | a mint that fails                        |           |             |         |          | grows              |
 * | `renew`: B2 refused a download with it   | dropped   | dropped     | it      |          |                    |
 * | `confirm`: it is held, fresh, and worked |           |             |         | none     | ends               |
 * | `reject`: it is the unproven one         |           |             |         | none     | grows              |
 */
export function createTokenSource(parts: TokenSourceParts): TokenSource {
  const { now } = parts;
  const memory = createTokenMemory(now);
  const backOff = createBackOff(now);
  const isolate: Isolate = { ...parts, memory, backOff, lease: createLease(parts) };

  async function get(caller: Caller, known?: Stored): Promise<DownloadToken> {
    return memory.fresh() ?? (await lookUp(isolate, { refused: undefined, caller, known }));
  }

  async function renew(refused: DownloadToken, caller: Caller): Promise<DownloadToken> {
    memory.refuse(refused);
    return memory.fresh() ?? (await lookUp(isolate, { refused, caller }));
  }

  function confirm(token: DownloadToken): void {
    memory.noteWorked(token);
    // A last resort that works is no reason to ask B2 at each request.
    if (memory.fresh()?.token === token.token) backOff.worked(token.token);
  }

  return {
    get,
    fresh: memory.fresh,
    renew,
    confirm,
    reject: ({ token }) => backOff.refused(token),
    workedAt: memory.workedAt,
    held: memory.held,
    report: () => ({
      token: memory.fresh() ?? memory.lastResort(undefined),
      refusedSince: memory.refusedSince(),
      mintFault: backOff.cause(),
    }),
  };
}

type Isolate = TokenSourceParts & { memory: TokenMemory; backOff: BackOff; lease: Lease };

/** A request's need for a token: who asks, and which token was just refused. */
interface Need {
  refused: DownloadToken | undefined;
  caller: Caller;
  known?: Stored | undefined;
}

/** Takes the lease and looks for a token, or waits for the request that has the lease. */
async function lookUp(isolate: Isolate, need: Need): Promise<DownloadToken> {
  const { backOff, lease } = isolate;
  if (lease.isTaken()) {
    const found = await lease.waitFor(() => freshBut(isolate, need));
    if (found !== undefined) return found;
  }
  // Nothing may be awaited between this check and `hold`, or two requests would take the lease.
  if (lease.isTaken() || !backOff.mayLook()) return lastResort(isolate, need);
  const looking = lease.hold(() => readOrMint(isolate, need));
  // The visitor may leave, but other requests wait for the result.
  need.caller.waitUntil(looking.catch(() => undefined));
  return await looking;
}

function freshBut({ memory }: Isolate, { refused }: Need): DownloadToken | undefined {
  const fresh = memory.fresh();
  return fresh?.token === refused?.token ? undefined : fresh;
}

async function readOrMint(isolate: Isolate, need: Need): Promise<DownloadToken> {
  const { memory, backOff } = isolate;
  // A data centre may answer from its own copy of KV for a minute: too long for a request that has no other way to a token.
  const pastCache = need.refused !== undefined || backOff.failing();
  const stored = need.known ?? (await readStored(isolate, need.caller, { pastCache }));
  const found = take(isolate, stored, need);
  if (found !== undefined) return found;
  if (typeof stored !== "string" && stored.isOfThisKey) backOff.mintedForAll(stored.token.issuedAt);
  if (!backOff.mayMint()) {
    backOff.lookedInVain();
    return makeDo(isolate, need);
  }
  const minted = await tryToMint(isolate, need.caller);
  const then = stored === "unreadable" ? { ...need, known: stored } : need;
  if (minted === undefined || minted.trial.kind === "refused") return await secondBest(isolate, then, minted);
  need.caller.waitUntil(writeStored(isolate, need.caller, minted.token));
  return memory.hold(minted.token);
}

/** Finds a token after a mint that did not help. One that B2 refuses is better than none, but not better than an old one that may work. */
async function secondBest(isolate: Isolate, need: Need, minted: Minted | undefined): Promise<DownloadToken> {
  // Another isolate may have published a good one meanwhile. What the health check read, and a KV that has just failed, is not read again.
  const stored = need.known ?? (await readStored(isolate, need.caller, { pastCache: true }));
  const found = take(isolate, stored, need);
  if (found !== undefined) return found;
  if (minted === undefined || isolate.memory.lastResort(need.refused) !== undefined) return makeDo(isolate, need);
  const isBestForAll = stored === "absent" || (stored !== "unreadable" && !isFresh(stored.token, isolate.now()));
  if (isBestForAll) need.caller.waitUntil(writeStored(isolate, need.caller, minted.token));
  return isolate.memory.hold(minted.token);
}

/** Takes KV's token into memory if it is fresh, of this key, and not the one just refused. Otherwise it becomes a last resort. */
function take(isolate: Isolate, stored: Stored, { refused, caller }: Need): DownloadToken | undefined {
  const { memory, now } = isolate;
  if (typeof stored === "string") return undefined;
  const { token, isOfThisKey, hasOldName } = stored;
  if (token.token === refused?.token) return undefined;
  if (!isOfThisKey) return void memory.keepForeign(token);
  if (!isFresh(token, now())) return void memory.keepOld(token);
  if (hasOldName) caller.waitUntil(writeStored(isolate, caller, token));
  return memory.hold(token);
}

/** Uses the last resort after a search that found nothing, and logs it. Throws `TokenUnavailableError`. */
function makeDo(isolate: Isolate, need: Need): DownloadToken {
  const token = lastResort(isolate, need);
  const { applicationKeyId: keyId, expiresAt } = token;
  const reason = isolate.backOff.reason();
  isolate.log("warn", "token.last-resort", { ray: need.caller.ray, keyId, expiresAt, reason });
  return token;
}

/** The token to use when no fresh one is to be had. Throws `TokenUnavailableError`. */
function lastResort({ memory, backOff }: Isolate, { refused }: Need): DownloadToken {
  const token = memory.lastResort(refused);
  if (token !== undefined) return token;
  throw new TokenUnavailableError(backOff.reason(), { retryAfterMs: backOff.remainingMs(), cause: backOff.cause() });
}
