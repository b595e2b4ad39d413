import { type DownloadToken, isFresh, isUnexpired } from "./download-token.ts";

/** The tokens that one isolate remembers. */
export interface TokenMemory {
  /** The one that downloads are tried with; it may have grown old. */
  held(): DownloadToken | undefined;
  /** The held one, while it is fresh. */
  fresh(): DownloadToken | undefined;
  hold(token: DownloadToken): DownloadToken;
  /** KV had this one, which is in its last minutes: better than none. */
  keepOld(token: DownloadToken): void;
  /** KV had this one, which is of another application key: better than none, and no more. */
  keepForeign(token: DownloadToken): void;
  /** B2 refused it: it is tried again only when nothing else is left, since B2 may take it again. */
  refuse(token: DownloadToken): void;
  /** It opened a file now. */
  noteWorked(token: DownloadToken): void;
  /** Since when fresh tokens have been refused and none has worked, in ms since the epoch. */
  refusedSince(): number | undefined;
  /** When it last opened a file, in ms since the epoch. */
  workedAt(token: DownloadToken): number | undefined;
  /**
   * What may still work when nothing fresh is to be had: this key's, then another key's, then one that B2 refused before, and
   * never the one just refused.
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
