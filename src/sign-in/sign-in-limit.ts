import { clientKey, overLimit, type RateLimiter } from "../access/limiter.ts";

/** As long as the period of `SIGN_IN_LIMITER` in wrangler.toml. */
export const SIGN_IN_PAUSE_SECONDS = 60;
const MOST_CLIENTS = 1_000;

/** Makes a client pause that has given too many wrong passwords. */
export interface SignInLimit {
  /** Whether a client is paused: then none of its passwords is looked at, not even the right one. */
  isPaused(address: string | null): boolean;
  /** Counts a wrong password of a client. */
  count(address: string | null): Promise<void>;
}

/** Makes the limit of one isolate. `now` gives ms since the epoch. Without a limiter nobody is limited. */
export function createSignInLimit(limiter: RateLimiter | undefined, now: () => number): SignInLimit {
  const pausedUntil = new Map<string, number>();

  function isPaused(address: string | null): boolean {
    return now() < (pausedUntil.get(clientKey(address ?? "")) ?? 0);
  }

  async function count(address: string | null): Promise<void> {
    if (limiter === undefined || !(await overLimit(limiter, address))) return;
    const [oldest] = pausedUntil.keys();
    if (pausedUntil.size >= MOST_CLIENTS && oldest !== undefined) pausedUntil.delete(oldest);
    pausedUntil.set(clientKey(address ?? ""), now() + SIGN_IN_PAUSE_SECONDS * 1000);
  }

  return { isPaused, count };
}
