/** The most requests that one examination makes, to the site and to B2 together, so that it is no burden. */
export const MOST_REQUESTS = 20;

export interface RequestBudget {
  used(): number;
  /** Whether `count` more requests are allowed. */
  allows(count: number): boolean;
}

/** Counts this process's calls of `fetch`, and makes those beyond the budget fail. */
export function countRequests(): RequestBudget {
  const send = globalThis.fetch;
  let used = 0;
  globalThis.fetch = async (...args) => {
    if (used >= MOST_REQUESTS) throw new Error(`the doctor's ${MOST_REQUESTS} requests are used up`);
    used += 1;
    return await send(...args);
  };
  return { used: () => used, allows: (count) => used + count <= MOST_REQUESTS };
}
