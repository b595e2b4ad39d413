import type { DownloadToken } from "../../src/token/download-token.ts";
import type { Grant } from "./b2.ts";
import type { Visit } from "./isolate.ts";

/** The back-off after a failed mint: 5 s, doubling to 5 min. */
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 5 * 60_000;
/** Five mints an isolate, and one comes back each 30 minutes. */
const MOST_MINTS = 5;
const MINT_COMES_BACK_MS = 30 * 60_000;
/** No isolate mints while KV shows it a token of this key that is younger. */
const MINT_OF_ALL_MS = 2 * 60_000;
/** Fresh is a token with more than five minutes left. */
const FRESH_MS = 5 * 60_000;
const NEVER = Number.NEGATIVE_INFINITY;

/** What somebody who watches one isolate from outside knows of it: what it asked KV and B2 for, and what it was told. */
export interface Witness {
  /** Every token that it was ever told, and since when: it could remember them all. */
  known: Map<string, number>;
  /** What it gave a visit last. */
  given: string | undefined;
  /** What KV said last. */
  lastRead: DownloadToken | undefined;
  /** Looks at KV and mints under way, and when the last one ended. */
  looking: number;
  lookEndedAt: number;
  minting: number;
  mintStartedAt: number;
  /** When the last mint that had a fault ended. */
  faultEndedAt: number;
  /** B2's API may be asked again from here on. */
  mayMintAt: number;
  failures: number;
  failedAt: number;
  /** What the last mint gave, until a download has shown whether it works: if it does not, that counts once. */
  unproven: string | undefined;
  /** Mints that B2 granted and that have not come back yet, as a number that falls with time. */
  spent: number;
  spentAt: number;
  /** When the newest token of KV that the isolate was told of was minted. */
  othersMintedAt: number;
  /** Visits that wait for a token: their first one, or another one after a 401. */
  waiting: Set<Visit>;
}

export function createWitness(): Witness {
  return {
    known: new Map(),
    given: undefined,
    lastRead: undefined,
    looking: 0,
    lookEndedAt: NEVER,
    minting: 0,
    mintStartedAt: NEVER,
    faultEndedAt: NEVER,
    mayMintAt: NEVER,
    failures: 0,
    failedAt: NEVER,
    unproven: undefined,
    spent: 0,
    spentAt: NEVER,
    othersMintedAt: NEVER,
    waiting: new Set(),
  };
}

export function noteTold(witness: Witness, token: string, now: number): void {
  if (!witness.known.has(token)) witness.known.set(token, now);
}

/** B2 gave a token, whatever its trial says. */
export function noteGranted(witness: Witness, token: string, now: number): void {
  witness.unproven = token;
  witness.spent = spentNow(witness, now) + 1;
  witness.spentAt = now;
}

/** How many granted mints have not come back yet. */
function spentNow({ spent, spentAt }: Witness, now: number): number {
  return Math.max(0, spent - (now - spentAt) / MINT_COMES_BACK_MS);
}

/** Whether the isolate has used up its mints. */
export function isSpent(witness: Witness, now: number): boolean {
  // A hair's breadth for the arithmetic of fractions.
  return spentNow(witness, now) > MOST_MINTS - 1 + 1e-6;
}

/** Whether a token that KV told of was minted in the last two minutes. */
export function isYoung(mintedAt: number | undefined, now: number): boolean {
  return mintedAt !== undefined && now < mintedAt + MINT_OF_ALL_MS;
}

/** A mint failed; B2 may have asked for a pause. */
export function noteFailure(witness: Witness, now: number, retryAfterSeconds = 0): void {
  const pauseMs = Math.max(FIRST_PAUSE_MS * 2 ** witness.failures, retryAfterSeconds * 1000);
  witness.failures += 1;
  witness.failedAt = now;
  witness.mayMintAt = now + Math.min(pauseMs, LONGEST_PAUSE_MS);
}

/** A token was refused, by its trial or by a download: if this isolate has minted it, as if its mint had failed. */
export function noteRefusal(witness: Witness, token: string, now: number): void {
  if (token !== witness.unproven) return;
  witness.unproven = undefined;
  noteFailure(witness, now);
}

/** A download succeeded: with a fresh token that it gives to visits, or that came after the last failure, that failure is over. */
export function noteSuccess(witness: Witness, token: DownloadToken, now: number): void {
  const isOlder = token.token !== witness.given && (witness.known.get(token.token) ?? NEVER) < witness.failedAt;
  if (isOlder || token.expiresAt - now < FRESH_MS) return;
  if (token.token === witness.unproven) witness.unproven = undefined;
  witness.failures = 0;
  witness.mayMintAt = NEVER;
}

/** Whether B2 takes the token, of this key or of any, all the time from `from` to `to`. */
export function isUsable(
  grant: Grant | undefined,
  { applicationKeyId, from, to }: { applicationKeyId: string | undefined; from: number; to: number },
): boolean {
  return (
    grant !== undefined &&
    (applicationKeyId === undefined || grant.applicationKeyId === applicationKeyId) &&
    grant.grantedAt <= from &&
    to < Math.min(grant.expiresAt, grant.revokedAt)
  );
}
