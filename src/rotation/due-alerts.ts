import { type DownloadToken, isUnexpired, lessThanHalfLeft } from "../token/download-token.ts";
import { isTrouble, type RotationOutcome } from "../token/rotation-history.ts";
import type { Alert } from "./alert.ts";

/** Once a day; a run may come a little early. */
const REMIND_AFTER_MS = 23 * 3_600_000;
/** A new key is made in a minute, but not by somebody who is away for the weekend. */
export const KEY_ENDS_SOON_MS = 7 * 86_400_000;

export interface AfterRotation {
  outcome: RotationOutcome;
  /** The rotation before it, which knows when the owner was last told. */
  previous: RotationOutcome | undefined;
  /** What KV has now, of whatever key. */
  stored: DownloadToken | undefined;
  now: number;
}

/** Alerts that are due, by what they are about. */
export interface DueAlerts {
  failure?: Alert;
  keyEnd?: Alert;
}

/**
 * What the owner is to be told after a rotation. What does not pass by itself is told at once; a fault of B2 or KV only when
 * less than half of the token's life is left, since B2's API may be down for days before a visitor would notice. The first
 * such run is told, then one a day.
 */
export function alertsDue(after: AfterRotation): DueAlerts {
  const { outcome, previous, now } = after;
  return {
    ...(isFailureDue(after) && { failure: { event: "rotation.failed", text: failureText(after) } }),
    ...(isKeyEndDue(outcome, previous, now) && { keyEnd: { event: "key.ends", text: keyEndText(outcome, now) } }),
  };
}

function isFailureDue({ outcome, previous, stored, now }: AfterRotation): boolean {
  if (!isTrouble(outcome)) return false;
  const isLasting = outcome.cause === "key" || outcome.cause === "bucket";
  if (!isLasting && stored !== undefined && !lessThanHalfLeft(stored, now)) return false;
  return previous === undefined || !isTrouble(previous) || isDueAgain(previous.alertedAt, now);
}

function isKeyEndDue({ keyExpiresAt }: RotationOutcome, previous: RotationOutcome | undefined, now: number): boolean {
  if (keyExpiresAt === undefined || keyExpiresAt - now >= KEY_ENDS_SOON_MS) return false;
  return isDueAgain(previous?.keyAlertedAt, now);
}

function isDueAgain(alertedAt: number | undefined, now: number): boolean {
  return alertedAt === undefined || now - alertedAt >= REMIND_AFTER_MS;
}

function failureText({ outcome, stored, now }: AfterRotation): string {
  const what =
    outcome.outcome === "failed"
      ? "the rotation of the download token is failing."
      : "the new download token does not work.";
  return ["b2-image-worker:", what, outcome.error, whatIsLeft(outcome, stored, now), endOfKey(stored, now)]
    .filter(Boolean)
    .join(" ");
}

function whatIsLeft({ outcome }: RotationOutcome, stored: DownloadToken | undefined, now: number): string {
  if (outcome !== "failed") return "";
  if (stored === undefined) return "There is no token to be found in KV.";
  const end = timeOf(stored.expiresAt);
  return isUnexpired(stored, now) ? `The token in KV holds until ${end}.` : `The token in KV expired at ${end}.`;
}

/** The key that B2 refuses may be one that has ended. */
function endOfKey(stored: DownloadToken | undefined, now: number): string {
  const end = stored?.keyExpiresAt;
  if (end === undefined || end - now >= KEY_ENDS_SOON_MS) return "";
  return `The key of that token ${end > now ? "ends" : "ended"} at ${timeOf(end)}.`;
}

function keyEndText({ keyExpiresAt = 0 }: RotationOutcome, now: number): string {
  const days = Math.max(0, Math.floor((keyExpiresAt - now) / 86_400_000));
  return `b2-image-worker: the application key ends at ${timeOf(keyExpiresAt)}, in ${days === 1 ? "1 day" : `${days} days`}. No image is served after that: make another key, and set B2_APPLICATION_KEY_ID and B2_APPLICATION_KEY.`;
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
