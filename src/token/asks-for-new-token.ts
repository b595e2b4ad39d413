import type { B2Error } from "../b2/error.ts";

/** So long a token that opened a file counts as one that works: long enough for a busy site, short enough when it dies. */
const WORKS_FOR_MS = 60_000;

/** What is known of the token that B2 refused. */
export interface RefusedToken {
  /** When it last opened a file, in ms since the epoch; undefined: never in this isolate. */
  workedAt: number | undefined;
  now: number;
}

/**
 * Whether another token may help after a fault of a download. B2's code says more than the status: `unauthorized` is about
 * what the token may open, so a token that opens other files is no worse for it. A 401 without a code, as every HEAD has it,
 * counts as expired, and so does a code that nobody has heard of.
 * Source: https://www.backblaze.com/apidocs/b2-download-file-by-name
 */
export function asksForNewToken({ code, b2Code }: B2Error, { workedAt, now }: RefusedToken): boolean {
  if (code !== "unauthorized") return false;
  return b2Code !== "unauthorized" || workedAt === undefined || now - workedAt > WORKS_FOR_MS;
}
