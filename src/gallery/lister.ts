import { type Account, authorizeAccount, type Credentials } from "../b2/api.ts";
import { createCapPause } from "../b2/cap-pause.ts";
import { B2Error } from "../b2/error.ts";
import { type ListedPage, type ListRequest, listFiles } from "../b2/list-files.ts";
import { withRetries } from "../b2/retry.ts";
import { isOnThisMachine } from "../b2/service-url.ts";
import type { Log } from "../log.ts";
import { createAllowance } from "../token/allowance.ts";
import type { LeaseParts } from "../token/lease.ts";
import { createAccountSource } from "./account-source.ts";

/** The longest that a visitor waits for one page of a folder, with all its list calls and their retries. */
export const LIST_BUDGET_MS = 10_000;
/**
 * At most 388 calls per isolate and day, those to authorize included. An account without billing has 2,500 class C calls a
 * day, and minting needs them too.
 */
const CALLS = { most: 100, oneBackEveryMs: 5 * 60_000 };
const ALLOWANCE_SPENT =
  "This isolate has used up its allowance of list calls, so that enough of B2's free calls are left for minting. It gets one back every 5 minutes.";

export interface ListerParts extends LeaseParts {
  settings: Credentials & { apiUrl: string };
  log: Log;
}

/** The page of a folder to ask B2 for. */
export type Asked = Omit<ListRequest, "timeoutMs" | "isDeep"> & {
  /** When the last answer must be there, in ms since the epoch. */
  deadline: number;
  /** For the log. */
  ray: string | undefined;
};

/** A page, or the reason why there is none: not now (`paused`), or not with this application key (`no-right`). */
export type ListResult =
  | ({ kind: "page" } & ListedPage)
  | { kind: "paused"; retryAfterSeconds: number }
  | { kind: "no-right" };

/** Gets one page of a folder from B2. Throws `B2Error`. */
export type Lister = (asked: Asked) => Promise<ListResult>;

/**
 * Makes the lister of one isolate. It has an account token, an allowance and a pause after a reached cap of its own, so that
 * visitors who look at folders can neither use up the calls that minting needs nor stop downloads. It is over 50 lines, since
 * all its functions share these three.
 */
export function createLister({ settings, log, now, wait }: ListerParts): Lister {
  // The local B2 has no daily cap, and `wrangler dev` has no cache, so there each look is a call.
  const most = isOnThisMachine(settings.apiUrl) ? Number.POSITIVE_INFINITY : CALLS.most;
  const allowance = createAllowance({ ...CALLS, most, now });
  const capPause = createCapPause();
  const accounts = createAccountSource({
    authorize: () => spending(() => authorizeAccount(settings.apiUrl, settings)),
    now,
    wait,
  });

  async function list(asked: Asked): Promise<ListResult> {
    const leave = capPause.enter(now(), LIST_BUDGET_MS);
    if (leave.kind === "wait") return pausedFor(leave.until - now());
    try {
      const result = await listWithAccount(asked);
      if (leave.kind === "probe") capPause.end();
      return result;
    } catch (error) {
      if (error instanceof B2Error && error.code === "cap-exceeded") capPause.begin(now());
      else if (leave.kind === "probe") capPause.end();
      if (error instanceof AllowanceSpent) {
        log("warn", "listing.paused", { ray: asked.ray, reason: ALLOWANCE_SPENT });
        return pausedFor(allowance.nextAt() - now());
      }
      throw error;
    }
  }

  /** Lists with the account token, and once more with a new one when B2 no longer accepts it. */
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

  async function listOnce(account: Account, { ray, deadline, ...asked }: Asked): Promise<ListResult> {
    if (!account.capabilities.includes("listFiles")) return { kind: "no-right" };
    const budgetMs = deadline - now();
    if (budgetMs <= 0) throw new B2Error({ code: "timeout", operation: "b2_list_file_names" });
    const onRetry = (fault: B2Error) =>
      log("warn", "listing.retry", { ray, folder: asked.prefix, error: fault.message });
    const page = await withRetries(
      (timeoutMs) => spending(() => listFiles(account, { ...asked, isDeep: false, timeoutMs })),
      { budgetMs, onRetry },
    );
    return { kind: "page", ...page };
  }

  async function spending<T>(call: () => Promise<T>): Promise<T> {
    if (allowance.nextAt() > now()) throw new AllowanceSpent();
    allowance.spend();
    try {
      return await call();
    } catch (error) {
      // B2 does not charge for a call that it could not answer.
      if (error instanceof B2Error && error.retryable) allowance.giveBack();
      throw error;
    }
  }

  return list;
}

/** Thrown when this isolate has used up its allowance of calls. */
class AllowanceSpent extends Error {}

function pausedFor(ms: number): ListResult {
  return { kind: "paused", retryAfterSeconds: Math.max(1, Math.ceil(ms / 1000)) };
}
