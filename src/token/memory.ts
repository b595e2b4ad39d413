import { type DownloadToken, isFresh, isUnexpired } from "./download-token.ts";

/** The tokens that one isolate remembers. */
export interface TokenMemory {
  /** The one that downloads are tried with; it may have grown old. */
  held(): DownloadToken | undefined;
  /** The held one, while it is fresh. */
  fresh(): DownloadToken | undefined;
  hold(token: DownloadToken): DownloadToken;
  /** KV had this one, which is in its last minutes: better than none. */
  keepAsLastResort(token: DownloadToken): void;
  /** B2 refused it: it is tried again only when nothing else is left, since B2 may take it again. */
  refuse(token: DownloadToken): void;
  /** It opened a file now. */
  noteWorked(token: DownloadToken): void;
  /** When it last opened a file, in ms since the epoch. */
  workedAt(token: DownloadToken): number | undefined;
  /** What may still work when nothing fresh is to be had: the refused ones come last, and never the one just refused. */
  lastResort(refused: DownloadToken | undefined): DownloadToken | undefined;
}

/** Makes the memory of one isolate. `now` gives ms since the epoch. */
export function createTokenMemory(now: () => number): TokenMemory {
  let held: DownloadToken | undefined;
  let old: DownloadToken | undefined;
  let lastRefused: DownloadToken | undefined;
  let lastWorked: string | undefined;
  let lastWorkedAt = 0;

  function refuse(token: DownloadToken): void {
    if (held?.token === token.token) held = undefined;
    if (old?.token === token.token) old = undefined;
    lastRefused = newer(token, lastRefused);
  }

  function lastResort(refused: DownloadToken | undefined): DownloadToken | undefined {
    return [old, held, lastRefused].find(
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
    keepAsLastResort: (token) => {
      old = newer(token, old);
    },
    refuse,
    noteWorked: ({ token }) => {
      lastWorked = token;
      lastWorkedAt = now();
    },
    workedAt: ({ token }) => (token === lastWorked ? lastWorkedAt : undefined),
    lastResort,
  };
}

function newer(token: DownloadToken, other: DownloadToken | undefined): DownloadToken {
  return other === undefined || token.expiresAt > other.expiresAt ? token : other;
}
