/** The most requests that one examination makes, to the site and to B2 together, so that it is no burden. */
export const MOST_REQUESTS = 20;

/** A request beyond these was wanted. It says nothing about the site. */
export class RequestsUsedUp extends Error {
  override readonly name = "RequestsUsedUp";
  override readonly message = "All requests of this examination are used up.";
}

/** Counts this process's calls of `fetch` from here on, and returns how many there were. Those beyond the budget throw `RequestsUsedUp`. */
export function countRequests(): () => number {
  const send = globalThis.fetch;
  let used = 0;
  globalThis.fetch = async (...args) => {
    if (used >= MOST_REQUESTS) throw new RequestsUsedUp();
    used += 1;
    return await send(...args);
  };
  return () => used;
}
