/** The longest that one request works for all of its isolate (an authorize call that hangs takes 10 s). */
const LEASE_MS = 30_000;
/** How long the other requests wait for its result, and how often they look for it. */
const WAIT_MS = 15_000;
const LOOK_EVERY_MS = 20;

/**
 * Keeps the requests of one isolate from doing the same work at the same time. On Workers a promise that one request made
 * can hang when another awaits it (https://github.com/panva/jose/issues/355), so the others poll for its value.
 */
export interface Lease {
  isTaken(): boolean;
  /** Waits while another request holds the lease, until `find` gives a value; at most 15 s. */
  waitFor<T>(find: () => T | undefined): Promise<T | undefined>;
  /** Takes the lease, does the work, and gives the lease back. The lease of a request that dies ends after 30 s. */
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
      // The lease may have expired meanwhile, and belong to another request.
      if (endsAt === ownEnd) endsAt = 0;
    }
  }

  return { isTaken: () => now() < endsAt, waitFor, hold };
}
