import type { Log } from "../log.ts";
import { describeError } from "../log.ts";
import { type DownloadToken, isUnexpired, lessThanHalfLeft } from "../token/download-token.ts";
import { createLease, type LeaseParts } from "../token/lease.ts";
import { isTrouble, type RotationOutcome } from "../token/rotation-history.ts";
import type { Caller, TokenSource } from "../token/source.ts";
import type { TokenStore } from "../token/store.ts";
import { readStored, type Stored } from "../token/stored.ts";
import { type Health, healthOf, reasonOf, statusOf } from "./health.ts";

/** How long an isolate keeps what it read from KV: anybody may ask for health, and must not use up the owner's reads of KV. */
const KEEP_MS = 60_000;

export interface HealthCheckParts extends LeaseParts {
  store: TokenStore;
  tokens: TokenSource;
  applicationKeyId: string;
  log: Log;
}

/** Finds out how the site is. `anew` reads KV now, past its cache, for an owner who has just changed something. */
export type HealthCheck = (caller: Caller, options?: { anew: boolean }) => Promise<Health>;

/**
 * Makes the health check of one isolate. It looks at memory, reads each of KV's two records at most once a minute, and mints
 * a token when KV has none of this key, so that a new site does not wait for its first visitor. It is over 50 lines, since all
 * its functions share what was last read.
 */
export function createHealthCheck({ store, tokens, applicationKeyId, log, now, wait }: HealthCheckParts): HealthCheck {
  const lease = createLease({ now, wait });
  let history: RotationOutcome[] = [];
  let stored: Stored | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;

  async function check(caller: Caller, { anew } = { anew: false }): Promise<Health> {
    if (anew) lookedAt = Number.NEGATIVE_INFINITY;
    const isKnown = () => (now() - lookedAt < KEEP_MS ? true : undefined);
    if (isKnown()) return health();
    if (lease.isTaken()) await lease.waitFor(isKnown);
    else await lease.hold(() => look(caller, anew));
    return health();
  }

  async function look(caller: Caller, pastCache: boolean): Promise<void> {
    history = await readHistory(caller, pastCache);
    const { token } = tokens.report();
    stored = isEnough(token) ? undefined : await readStored({ store, log }, caller, { pastCache });
    // For a minute from now, every health check of this isolate uses what this one finds.
    if (isMissing(token)) await tokens.get(caller, stored).catch(() => undefined);
    lookedAt = now();
    const found = health();
    if (found.length > 0)
      log("warn", "health", { status: statusOf(found), cause: found[0]?.cause, reason: reasonOf(found) });
  }

  /** Whether memory's token is young, of this key, and not followed by a failed rotation: then KV need not be read. */
  function isEnough(token: DownloadToken | undefined): boolean {
    if (!isUsable(token) || lessThanHalfLeft(token, now())) return false;
    const last = history.at(-1);
    return last === undefined || !isTrouble(last) || token.issuedAt > last.at;
  }

  /** Whether KV can be read, and neither KV nor memory has a token of this key. */
  function isMissing(token: DownloadToken | undefined): boolean {
    if (isUsable(token) || stored === undefined || stored === "unreadable") return false;
    return stored === "absent" || !isUsable(stored.token);
  }

  function isUsable(token: DownloadToken | undefined): token is DownloadToken {
    return token !== undefined && token.applicationKeyId === applicationKeyId && isUnexpired(token, now());
  }

  async function readHistory({ ray }: Caller, pastCache: boolean): Promise<RotationOutcome[]> {
    try {
      return await store.history({ pastCache });
    } catch (error) {
      log("error", "token.store-failed", { ray, error: describeError(error) });
      return [];
    }
  }

  function health(): Health {
    const { token: inMemory, refusedSince, mintFault } = tokens.report();
    const inKv = typeof stored === "object" ? stored.token : undefined;
    const token = [inMemory, inKv].filter((each) => each !== undefined).toSorted(byWorth)[0];
    const workedAt = token === undefined ? undefined : tokens.workedAt(token);
    const isKvUnreadable = stored === "unreadable";
    return healthOf({ applicationKeyId, token, workedAt, refusedSince, mintFault, isKvUnreadable, history }, now());
  }

  /** Sorts tokens of this key to the front, then those that are valid for longer. */
  function byWorth(one: DownloadToken, other: DownloadToken): number {
    return Number(isUsable(other)) - Number(isUsable(one)) || other.expiresAt - one.expiresAt;
  }

  return check;
}
