/** One request works for all of its isolate and holds the lease meanwhile (an authorize that stalls takes 10 s). */
const LEASE_MS = 30_000;
/** How long the others wait for what it finds, and how often they look. */
const WAIT_MS = 15_000;
const LOOK_EVERY_MS = 20;

/**
 * What keeps the requests of one isolate from doing the same work at once. A promise that one request made and another
 * awaits can hang on Workers (https://github.com/panva/jose/issues/355), so the others look for its value again and again.
 */
export interface Lease {
  isTaken(): boolean;
  /** Waits while another request holds the lease, until `find` gives something; 15 s at most. */
  waitFor<T>(find: () => T | undefined): Promise<T | undefined>;
  /** Does the work while this request holds the lease. A request that dies holds it for 30 s. */
  hold<T>(work: () => Promise<T>): Promise<T>;
}

export interface LeaseParts {
  /** ms since the epoch. */
  now: () => number;
  wait: (ms: number) => Promise<unknown>;
}

/** Makes the lease of one isolate. */
export function createLease({ now, wait }: LeaseParts): Lease {
  let endsAt = 0;

  async function waitFor<T>(find: () => T | undefined): Promise<T | undefined> {
    const giveUpAt = now() + WAIT_MS;
    while (now() < endsAt && now() < giveUpAt) {
      await wait(LOOK_EVERY_MS);
      const found = find();
      if (found !== undefined) return found;
    }
    return undefined;
  }

  async function hold<T>(work: () => Promise<T>): Promise<T> {
    const ownEnd = now() + LEASE_MS;
    endsAt = ownEnd;
    try {
      return await work();
    } finally {
      // It may have run out, and be another one's by now.
      if (endsAt === ownEnd) endsAt = 0;
    }
  }

  return { isTaken: () => now() < endsAt, waitFor, hold };
}
