/** All requests of one examination, those to B2 among them: a doctor must not be a burden. */
export const MOST_REQUESTS = 20;

export interface RequestBudget {
  used(): number;
  /** Whether so many more may be asked. */
  allows(count: number): boolean;
}

/** Counts what this process asks by `fetch`, and lets nothing through beyond the budget. */
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
