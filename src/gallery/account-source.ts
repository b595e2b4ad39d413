import type { Account } from "../b2/api.ts";
import { createLease, type LeaseParts } from "../token/lease.ts";

/** B2's account token is valid for at most 24 hours. B2's answer does not state when it expires. */
const LIFE_MS = 20 * 3_600_000;
/** How long all requests fail with what one has met. A call that hangs takes 10 s, and each would wait for one of its own. */
const FAILURE_KEPT_MS = 5_000;

export interface AccountSourceParts extends LeaseParts {
  /** Throws `B2Error`. */
  authorize: () => Promise<Account>;
}

/** Keeps the account token of one isolate, for those calls of B2's API that need one. */
export interface AccountSource {
  /** The account, authorized now if need be. Throws what `authorize` throws, or threw for another request just now. */
  get(): Promise<Account>;
  /** Drops an account token that B2 no longer accepts. */
  forget(refused: Account): void;
}

type Outcome = { kind: "account"; account: Account } | { kind: "failed"; error: unknown };

/** Makes the account source of one isolate: one request authorizes, and the others wait for its outcome. */
export function createAccountSource({ authorize, now, wait }: AccountSourceParts): AccountSource {
  const lease = createLease({ now, wait });
  let latest: (Outcome & { until: number }) | undefined;

  function known(): Outcome | undefined {
    return latest !== undefined && now() < latest.until ? latest : undefined;
  }

  async function get(): Promise<Account> {
    const outcome = known() ?? (lease.isTaken() ? await lease.waitFor(known) : undefined);
    if (outcome === undefined) return await lease.hold(authorizeAndHold);
    if (outcome.kind === "failed") throw outcome.error;
    return outcome.account;
  }

  async function authorizeAndHold(): Promise<Account> {
    const until = now() + LIFE_MS;
    try {
      const account = await authorize();
      latest = { kind: "account", account, until };
      return account;
    } catch (error) {
      latest = { kind: "failed", error, until: now() + FAILURE_KEPT_MS };
      throw error;
    }
  }

  function forget(refused: Account): void {
    if (latest?.kind === "account" && latest.account === refused) latest = undefined;
  }

  return { get, forget };
}
