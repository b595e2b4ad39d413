import type { Account } from "../b2/api.ts";
import { createLease, type LeaseParts } from "../token/lease.ts";

/** B2's account token holds for 24 hours at most, and its answer does not say so. */
const LIFE_MS = 20 * 3_600_000;

export interface AccountSourceParts extends LeaseParts {
  /** Throws `B2Error`. */
  authorize: () => Promise<Account>;
}

/** The account token of one isolate, for the calls of B2's API that no download token can make. */
export interface AccountSource {
  /** Throws what `authorize` throws. */
  get(): Promise<Account>;
  /** B2 does not take this one any more. */
  forget(refused: Account): void;
}

/** Makes the account source of one isolate: one request authorizes for all that come meanwhile. */
export function createAccountSource({ authorize, now, wait }: AccountSourceParts): AccountSource {
  const lease = createLease({ now, wait });
  let held: { account: Account; until: number } | undefined;

  function fresh(): Account | undefined {
    return held !== undefined && now() < held.until ? held.account : undefined;
  }

  async function get(): Promise<Account> {
    const known = fresh();
    if (known !== undefined) return known;
    const found = lease.isTaken() ? await lease.waitFor(fresh) : undefined;
    return found ?? (await lease.hold(authorizeAndHold));
  }

  async function authorizeAndHold(): Promise<Account> {
    const until = now() + LIFE_MS;
    const account = await authorize();
    held = { account, until };
    return account;
  }

  function forget(refused: Account): void {
    if (held?.account === refused) held = undefined;
  }

  return { get, forget };
}
