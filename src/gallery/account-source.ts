import type { Account } from "../b2/api.ts";
import { createLease, type LeaseParts } from "../token/lease.ts";

/** B2's account token is valid for at most 24 hours. B2's answer does not state when it expires. */
const LIFE_MS = 20 * 3_600_000;

export interface AccountSourceParts extends LeaseParts {
  /** Throws `B2Error`. */
  authorize: () => Promise<Account>;
}

/** Keeps the account token of one isolate, for those calls of B2's API that need one. */
export interface AccountSource {
  /** The account, authorized now if need be. Throws what `authorize` throws. */
  get(): Promise<Account>;
  /** Drops an account token that B2 no longer accepts. */
  forget(refused: Account): void;
}

/** Makes the account source of one isolate: one request authorizes, and the others wait for its result. */
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
