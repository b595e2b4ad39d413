import pRetry, { type RetryContext } from "p-retry";
import { type Download, type DownloadAccess, type DownloadResult, download } from "./download.ts";
import { B2Error } from "./error.ts";

/** B2's integration checklist asks for back-off. It is short, since a visitor waits: 200 to 400 ms, then double that. */
const FIRST_DELAY_MS = 200;
const RETRIES = 2;

/** How long a call with its retries may take. */
export interface RetryOptions {
  /** The time for all attempts and pauses together. A `Retry-After` that does not fit into it ends the attempts. */
  budgetMs: number;
  onRetry: (fault: B2Error) => void;
}

/** Downloads, with up to two retries while B2 has a passing fault. Throws the last `B2Error`. */
export function downloadWithRetries(
  access: DownloadAccess,
  wanted: Download,
  options: RetryOptions,
): Promise<DownloadResult> {
  return withRetries((timeoutMs) => download(access, wanted, timeoutMs), options);
}

/**
 * Makes a call, with up to two retries while B2 has a passing fault. Each attempt gets the rest of the budget, in ms. Throws
 * the error of the last attempt.
 */
export function withRetries<T>(
  attempt: (timeoutMs: number) => Promise<T>,
  { budgetMs, onRetry }: RetryOptions,
): Promise<T> {
  const deadline = Date.now() + budgetMs;
  // p-retry is used only after a failure: for a call that succeeds it would take 4 % more CPU (measured).
  return attempt(budgetMs).catch((fault: unknown) => retry(fault, attempt, { deadline, onRetry }));
}

/** Goes on after the first attempt, which ended with `fault`. `deadline`: ms since the epoch. */
function retry<T>(
  fault: unknown,
  attempt: (timeoutMs: number) => Promise<T>,
  { deadline, onRetry }: { deadline: number; onRetry: RetryOptions["onRetry"] },
): Promise<T> {
  async function shouldRetry({ error, retryDelay }: RetryContext): Promise<boolean> {
    if (!(error instanceof B2Error) || !error.retryable) return false;
    const extraMs = pauseBeyond(retryDelay, error);
    if (Date.now() + retryDelay + extraMs >= deadline) return false;
    onRetry(error);
    await new Promise((resolve) => setTimeout(resolve, extraMs));
    return true;
  }

  const tryAgain = (tried: number) =>
    tried === 1 ? Promise.reject(fault) : attempt(Math.max(1, deadline - Date.now()));
  return pRetry(tryAgain, { retries: RETRIES, minTimeout: FIRST_DELAY_MS, randomize: true, shouldRetry });
}

/** The part of B2's `Retry-After`, in ms, that goes beyond p-retry's own pause of `retryDelay` ms. */
export function pauseBeyond(retryDelay: number, { retryAfterSeconds = 0 }: B2Error): number {
  return Math.max(0, retryAfterSeconds * 1000 - retryDelay);
}
