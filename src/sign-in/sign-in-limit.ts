import { clientKey, type MissLimiter, overLimit } from "../access/limiter.ts";

/** The period of the limiter in wrangler.toml. */
export const SIGN_IN_PAUSE_SECONDS = 60;
const MOST_CLIENTS = 1_000;

/** Keeps a client that gives wrong passwords from giving more. */
export interface SignInLimit {
  /** Whether a client may not try now: then no password of its is looked at, not even the right one. */
  isPaused(address: string | null): boolean;
  /** A client gave a wrong password. */
  count(address: string | null): Promise<void>;
}

/** Makes the limit of one isolate. `now` gives ms since the epoch. Without a limiter nobody is limited. */
export function createSignInLimit(limiter: MissLimiter | undefined, now: () => number): SignInLimit {
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
