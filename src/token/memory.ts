import { type DownloadToken, isFresh, isUnexpired } from "./download-token.ts";

/** The tokens that one isolate remembers. */
export interface TokenMemory {
  /** The token that downloads use; it may have expired. */
  held(): DownloadToken | undefined;
  /** The held token, if it is fresh. */
  fresh(): DownloadToken | undefined;
  hold(token: DownloadToken): DownloadToken;
  /** Keeps a token of KV that is in its last five minutes: better than none. */
  keepOld(token: DownloadToken): void;
  /** Keeps a token of KV that was minted with another application key: better than none. */
  keepForeign(token: DownloadToken): void;
  /** Notes that B2 refused a token. It is tried again only when nothing else is left, since B2 may accept it again. */
  refuse(token: DownloadToken): void;
  /** Notes that a token has just opened a file. */
  noteWorked(token: DownloadToken): void;
  /** Since when fresh tokens have been refused while none has worked, in ms since the epoch; undefined: they are not. */
  refusedSince(): number | undefined;
  /** When this token last opened a file, in ms since the epoch; undefined: it has not, or another one has since. */
  workedAt(token: DownloadToken): number | undefined;
  /**
   * The token to try when no fresh one is to be had: one of this key, else one of another key, else one that B2 refused
   * earlier; never the one that was just refused.
   */
  lastResort(refused: DownloadToken | undefined): DownloadToken | undefined;
}

/** Makes the memory of one isolate. `now` gives ms since the epoch. */
export function createTokenMemory(now: () => number): TokenMemory {
  let held: DownloadToken | undefined;
  let old: DownloadToken | undefined;
  let foreign: DownloadToken | undefined;
  let lastRefused: DownloadToken | undefined;
  let lastWorked: string | undefined;
  let lastWorkedAt = 0;
  let refusedSince: number | undefined;

  function refuse(token: DownloadToken): void {
    if (isFresh(token, now())) refusedSince ??= now();
    if (held?.token === token.token) held = undefined;
    if (old?.token === token.token) old = undefined;
    if (foreign?.token === token.token) foreign = undefined;
    lastRefused = newer(token, lastRefused);
  }

  function lastResort(refused: DownloadToken | undefined): DownloadToken | undefined {
    return [old, held, foreign, lastRefused].find(
      (token) => token !== undefined && token.token !== refused?.token && isUnexpired(token, now()),
    );
  }

  return {
    held: () => held,
    fresh: () => (held !== undefined && isFresh(held, now()) ? held : undefined),
    hold: (token) => {
      held = token;
      return token;
    },
    keepOld: (token) => {
      old = newer(token, old);
    },
    keepForeign: (token) => {
      foreign = newer(token, foreign);
    },
    refuse,
    noteWorked: ({ token }) => {
      lastWorked = token;
      lastWorkedAt = now();
      refusedSince = undefined;
    },
    refusedSince: () => refusedSince,
    workedAt: ({ token }) => (token === lastWorked ? lastWorkedAt : undefined),
    lastResort,
  };
}

function newer(token: DownloadToken, other: DownloadToken | undefined): DownloadToken {
  return other === undefined || token.expiresAt > other.expiresAt ? token : other;
}
