import { type Account, authorizeAccount, type Credentials } from "../b2/api.ts";
import { createCapPause } from "../b2/cap-pause.ts";
import { B2Error } from "../b2/error.ts";
import { type ListedPage, type ListRequest, listFiles } from "../b2/list-files.ts";
import { withRetries } from "../b2/retry.ts";
import type { Log } from "../log.ts";
import { createAllowance } from "../token/allowance.ts";
import type { LeaseParts } from "../token/lease.ts";
import { createAccountSource } from "./account-source.ts";

/** A list call and its retries together: what a visitor may wait for. */
const BUDGET_MS = 10_000;
/**
 * Of the 2,500 class C calls that an account without billing has a day, which minting needs too: at most 388 a day and
 * isolate, authorizing included.
 */
const CALLS = { most: 100, oneBackEveryMs: 5 * 60_000 };

export interface ListerParts extends LeaseParts {
  settings: Credentials & { apiUrl: string };
  log: Log;
}

export type Asked = Omit<ListRequest, "timeoutMs" | "isDeep"> & {
  /** For the log. */
  ray: string | undefined;
};

/** A page; or why there is none: not now, or never with this application key. */
export type ListResult =
  | ({ kind: "page" } & ListedPage)
  | { kind: "paused"; retryAfterSeconds: number }
  | { kind: "no-right" };

/** Asks B2 for one page of a folder. Throws `B2Error`. */
export type Lister = (asked: Asked) => Promise<ListResult>;

/**
 * Makes the lister of one isolate, with an account token, an allowance and a pause after a reached cap of its own:
 * visitors who look at folders can neither use up the calls that minting needs, nor stop a download.
 */
export function createLister({ settings, log, now, wait }: ListerParts): Lister {
  const allowance = createAllowance({ ...CALLS, now });
  const capPause = createCapPause();
  const accounts = createAccountSource({
    authorize: () => spending(() => authorizeAccount(settings.apiUrl, settings)),
    now,
    wait,
  });

  async function list(asked: Asked): Promise<ListResult> {
    const leave = capPause.enter(now(), BUDGET_MS);
    if (leave.kind === "wait") return pausedFor(leave.until - now());
    try {
      const result = await listWithAccount(asked);
      if (leave.kind === "probe") capPause.end();
      return result;
    } catch (error) {
      if (error instanceof B2Error && error.code === "cap-exceeded") capPause.begin(now());
      else if (leave.kind === "probe") capPause.end();
      if (error instanceof AllowanceSpent) return pausedFor(allowance.nextAt() - now());
      throw error;
    }
  }

  /** An account token may die before its time: then one more is asked for. */
  async function listWithAccount(asked: Asked): Promise<ListResult> {
    const account = await accounts.get();
    try {
      return await listOnce(account, asked);
    } catch (error) {
      if (!(error instanceof B2Error) || error.code !== "unauthorized") throw error;
      if (error.b2Code === "unauthorized") return { kind: "no-right" };
      accounts.forget(account);
      return await listOnce(await accounts.get(), asked);
    }
  }

  async function listOnce(account: Account, { ray, ...asked }: Asked): Promise<ListResult> {
    if (!account.capabilities.includes("listFiles")) return { kind: "no-right" };
    const onRetry = (fault: B2Error) =>
      log("warn", "listing.retry", { ray, folder: asked.prefix, error: fault.message });
    const page = await withRetries(
      (timeoutMs) => spending(() => listFiles(account, { ...asked, isDeep: false, timeoutMs })),
      {
        budgetMs: BUDGET_MS,
        onRetry,
      },
    );
    return { kind: "page", ...page };
  }

  async function spending<T>(call: () => Promise<T>): Promise<T> {
    if (allowance.nextAt() > now()) throw new AllowanceSpent();
    allowance.spend();
    try {
      return await call();
    } catch (error) {
      // B2 has no price for a call that it could not answer.
      if (error instanceof B2Error && error.retryable) allowance.giveBack();
      throw error;
    }
  }

  return list;
}

/** This isolate has asked B2 often enough. */
class AllowanceSpent extends Error {}

function pausedFor(ms: number): ListResult {
  return { kind: "paused", retryAfterSeconds: Math.max(1, Math.ceil(ms / 1000)) };
}
