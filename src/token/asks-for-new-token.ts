import type { B2Error } from "../b2/error.ts";

/** How long a token counts as working after it opened a file: long enough for a busy site, short enough to notice when it dies. */
const WORKS_FOR_MS = 60_000;

/** The history of the token that B2 refused. */
export interface RefusedToken {
  /** When it last opened a file, in ms since the epoch; undefined: never in this isolate. */
  workedAt: number | undefined;
  now: number;
}

/**
 * Whether another token may help after a fault of a download. B2's code says more than the status: `unauthorized` is about
 * what the token may open, so it says nothing against a token that opens other files. A 401 without a code, as every HEAD
 * gets it, counts as expired, and so does an unknown code.
 * Source: https://www.backblaze.com/apidocs/b2-download-file-by-name
 */
export function asksForNewToken({ code, b2Code }: B2Error, { workedAt, now }: RefusedToken): boolean {
  if (code !== "unauthorized") return false;
  return b2Code !== "unauthorized" || workedAt === undefined || now - workedAt > WORKS_FOR_MS;
}
