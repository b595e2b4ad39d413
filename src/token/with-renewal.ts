import { B2Error } from "../b2/error.ts";
import type { DownloadToken } from "./download-token.ts";
import type { TokenSource, WaitUntil } from "./source.ts";

/** A token that KV had may be as dead as the one of memory: then one is minted, and that is the last. */
const MOST_RENEWALS = 2;

export interface RenewalOptions {
  tokens: TokenSource;
  waitUntil: WaitUntil;
  onRefused: () => void;
}

/**
 * Calls `attempt` with the token of memory; after a 401 with another one, until one was refused that is newer than this
 * call. Throws what `attempt` threw, and `TokenUnavailableError`.
 */
export async function withRenewal<T>(
  attempt: (token: DownloadToken) => Promise<T>,
  { tokens, waitUntil, onRefused }: RenewalOptions,
): Promise<T> {
  const startedAt = Date.now();
  let token = await tokens.get(waitUntil);
  for (let renewals = 0; ; renewals += 1) {
    try {
      const result = await attempt(token);
      tokens.confirm(token);
      return result;
    } catch (error) {
      if (!(error instanceof B2Error) || error.code !== "unauthorized") throw error;
      onRefused();
      const isNew = renewals > 0 && token.issuedAt >= startedAt;
      if (isNew) tokens.reject(token);
      if (isNew || renewals === MOST_RENEWALS) throw error;
    }
    token = await tokens.renew(token, waitUntil);
  }
}
