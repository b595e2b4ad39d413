import { describeError } from "../log.ts";
import { KEY_ENDS_SOON_MS } from "../rotation/due-alerts.ts";
import { type DownloadToken, isUnexpired, lessThanHalfLeft } from "../token/download-token.ts";
import { type FailureCause, failureCauseOf } from "../token/failure-cause.ts";
import { isTrouble, type RotationOutcome } from "../token/rotation-history.ts";

/** The cause of a trouble, in one word that gives nothing away. */
export type HealthCause = FailureCause | "settings" | "starting";

/** One thing that is wrong. */
export interface Trouble {
  /** `degraded`: images are still served. `down`: they are not. */
  status: "degraded" | "down";
  cause: HealthCause;
  /** Sentences for the owner, with advice. They hold no secret. */
  reason: string;
  /** The step at which the rotation failed. */
  step?: string | undefined;
  /** ms since the epoch. */
  since?: number | undefined;
}

/** Every trouble, the worst first; empty when all is well. */
export type Health = Trouble[];

/** The facts about one isolate, KV and the rotations. Times are in ms since the epoch. */
export interface HealthFacts {
  applicationKeyId: string;
  /** The better one of memory's token and KV's. */
  token: DownloadToken | undefined;
  /** When that token last opened a file in this isolate. */
  workedAt: number | undefined;
  /** Since when this isolate's downloads have been refused with a fresh token, while none has worked. */
  refusedSince: number | undefined;
  /** Why the last mint of this isolate failed, unless a token has worked since. */
  mintFault: unknown;
  isKvUnreadable: boolean;
  /** The rotations, the newest last. */
  history: RotationOutcome[];
}

/** The state of the site, in one word. */
export function statusOf(health: Health): "ok" | Trouble["status"] {
  return health[0]?.status ?? "ok";
}

/** All reasons as one text; undefined when all is well. */
export function reasonOf(health: Health): string | undefined {
  return health.length === 0 ? undefined : health.map(({ reason }) => reason).join(" ");
}

/** Derives the troubles from the facts. `now`: ms since the epoch. */
export function healthOf(facts: HealthFacts, now: number): Health {
  const troubles = [
    noToken(facts, now),
    failedRotation(facts, now),
    refusedDownloads(facts),
    lastResort(facts, now),
    oldToken(facts, now),
    endOfKey(facts, now),
  ].filter((trouble) => trouble !== undefined);
  const rank = ({ status }: Trouble) => (status === "down" ? 0 : 1);
  return troubles.toSorted((one, other) => rank(one) - rank(other));
}

function noToken({ token, mintFault, isKvUnreadable }: HealthFacts, now: number): Trouble | undefined {
  if (token !== undefined && isUnexpired(token, now)) return undefined;
  const what =
    token === undefined ? "There is no download token." : `The download token expired at ${timeOf(token.expiresAt)}.`;
  if (mintFault !== undefined) {
    return { status: "down", cause: failureCauseOf(mintFault), reason: `${what} ${describeError(mintFault)}` };
  }
  if (isKvUnreadable) return { status: "down", cause: "storage", reason: `${what} Workers KV cannot be read.` };
  return { status: "down", cause: "starting", reason: `${what} One is being requested: look again in a minute.` };
}

/** The last rotation left a problem that does not pass by itself, and nothing has shown since that it is over. */
function failedRotation(facts: HealthFacts, now: number): Trouble | undefined {
  const { token, history } = facts;
  const last = history.at(-1);
  if (!isLasting(last) || isOver(last, facts)) return undefined;
  const isServed =
    last.outcome === "failed" && token !== undefined && isUnexpired(token, now) && !wasRefused(token, facts);
  return {
    status: isServed ? "degraded" : "down",
    cause: last.cause,
    reason: `The last rotation brought no token that works. ${last.error ?? ""}`.trimEnd(),
    step: last.step,
    since: firstOfRow(history).at,
  };
}

/** Whether B2 refused a token at its trial, and it has not worked since. It was published for want of a better one. */
function wasRefused({ expiresAt }: DownloadToken, { history, workedAt }: HealthFacts): boolean {
  const isRefused = history.some(
    (each) => each.outcome !== "failed" && isTrouble(each) && each.expiresAt === expiresAt,
  );
  return isRefused && workedAt === undefined;
}

/** Whether a token has been minted since, or the one that B2 refused at its trial has worked after all. */
function isOver(last: RotationOutcome, { token, workedAt, applicationKeyId }: HealthFacts): boolean {
  if (token === undefined || token.applicationKeyId !== applicationKeyId) return false;
  const isNewer = token.issuedAt > last.at && token.expiresAt !== last.expiresAt;
  return isNewer || (last.outcome !== "failed" && workedAt !== undefined);
}

/** A trouble that this isolate alone sees. It raises no alert, since a visitor may cause it by asking for odd names. */
function refusedDownloads({ refusedSince, mintFault, history }: HealthFacts): Trouble | undefined {
  if (refusedSince === undefined) return undefined;
  // B2's API refuses the key as well, so the cause is not an odd name.
  const isConfirmed = isLasting(history.at(-1)) || (mintFault !== undefined && failureCauseOf(mintFault) !== "storage");
  return {
    status: isConfirmed ? "down" : "degraded",
    cause: "key",
    reason:
      `B2 refuses the downloads of this isolate, although its token is fresh. Does the key still have readFiles and shareFiles for this bucket and prefix? ${mintFault === undefined ? "" : describeError(mintFault)}`.trimEnd(),
    since: refusedSince,
  };
}

function lastResort({ token, applicationKeyId, mintFault }: HealthFacts, now: number): Trouble | undefined {
  if (token === undefined || token.applicationKeyId === applicationKeyId || !isUnexpired(token, now)) return undefined;
  const why = mintFault === undefined ? "" : ` ${describeError(mintFault)}`;
  return {
    status: "degraded",
    cause: mintFault === undefined ? "key" : failureCauseOf(mintFault),
    reason: `There is no download token of this application key; the one of the key ${token.applicationKeyId} is used until ${timeOf(token.expiresAt)}.${why}`,
  };
}

/** With a working cron a token never gets this old. One with a short life because its key ends does not count. */
function oldToken({ token, history }: HealthFacts, now: number): Trouble | undefined {
  if (token === undefined || !isUnexpired(token, now) || !lessThanHalfLeft(token, now)) return undefined;
  if (token.keyExpiresAt !== undefined && token.keyExpiresAt - token.expiresAt < 60_000) return undefined;
  return {
    status: "degraded",
    cause: history.findLast(isTrouble)?.cause ?? "storage",
    reason: `No rotation has worked since ${timeOf(token.issuedAt)}. The download token is valid until ${timeOf(token.expiresAt)}.`,
    since: token.issuedAt,
  };
}

function endOfKey({ token, applicationKeyId }: HealthFacts, now: number): Trouble | undefined {
  const end = token?.applicationKeyId === applicationKeyId ? token.keyExpiresAt : undefined;
  if (end === undefined || end - now >= KEY_ENDS_SOON_MS) return undefined;
  return {
    status: "degraded",
    cause: "key",
    reason: `The application key ${end > now ? "ends" : "ended"} at ${timeOf(end)}. Make another one, and set B2_APPLICATION_KEY_ID and B2_APPLICATION_KEY.`,
  };
}

function isLasting(outcome: RotationOutcome | undefined): outcome is RotationOutcome & { cause: "key" | "bucket" } {
  return outcome !== undefined && isTrouble(outcome) && (outcome.cause === "key" || outcome.cause === "bucket");
}

/** The first rotation of the unbroken row of failed ones at the end. */
function firstOfRow(history: RotationOutcome[]): { at?: number } {
  const lastGood = history.findLastIndex((outcome) => !isTrouble(outcome));
  return history[lastGood + 1] ?? {};
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
