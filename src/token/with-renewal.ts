import { B2Error } from "../b2/error.ts";
import type { DownloadToken } from "./download-token.ts";
import type { Caller, TokenSource } from "./source.ts";

/** A token that KV had may be as dead as the one of memory: then one is minted, and that is the last. */
const MOST_RENEWALS = 2;

export interface RenewalOptions {
  tokens: TokenSource;
  caller: Caller;
  onRefused: () => void;
}

/**
 * Calls `attempt` with the token of memory; after a 401 with another one, until one was refused that is newer than this
 * call. Throws what `attempt` threw, and `TokenUnavailableError`.
 */
export async function withRenewal<T>(
  attempt: (token: DownloadToken) => Promise<T>,
  { tokens, caller, onRefused }: RenewalOptions,
): Promise<T> {
  const startedAt = Date.now();
  let token = await tokens.get(caller);
  for (let renewals = 0; ; renewals += 1) {
    try {
      const result = await attempt(token);
      tokens.confirm(token);
      return result;
    } catch (error) {
      if (!(error instanceof B2Error) || error.code !== "unauthorized") throw error;
      onRefused();
      const isNew = token.issuedAt >= startedAt;
      if (isNew && renewals > 0) tokens.reject(token);
      if ((isNew && renewals > 0) || renewals === MOST_RENEWALS) throw error;
      token = await tokens.renew(token, caller).catch((noToken: unknown) => {
        // B2 has just given this one and refuses it: that says more than that there is no other.
        throw isNew ? error : noToken;
      });
    }
  }
}
