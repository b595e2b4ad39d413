import { type DownloadToken, isUnexpired, lessThanHalfLeft } from "../token/download-token.ts";
import { isTrouble, type RotationOutcome } from "../token/rotation-history.ts";
import type { Alert } from "./alert.ts";

/** Alerts are repeated once a day. A little less, since a cron run may come a little early. */
const REMIND_AFTER_MS = 23 * 3_600_000;
/** Making a new key takes a minute, but the owner may be away for a few days. */
export const KEY_ENDS_SOON_MS = 7 * 86_400_000;

/** The facts after a rotation that decide which alerts are due. */
export interface AfterRotation {
  outcome: RotationOutcome;
  /** The rotation before it, with the times of the last alerts. */
  previous: RotationOutcome | undefined;
  /** The token that KV has now, of any application key. */
  stored: DownloadToken | undefined;
  /** ms since the epoch. */
  now: number;
}

/** The alerts that are due, by their subject. */
export interface DueAlerts {
  failure?: Alert;
  keyEnd?: Alert;
}

/**
 * Decides which alerts are due after a rotation. A fault that does not pass by itself is reported at once; a fault of B2 or
 * KV only when less than half of the token's validity is left, since B2's API can be down for days before a visitor notices.
 * The first such run is reported, and then one a day.
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
  if (stored === undefined) return "KV holds no token.";
  const end = timeOf(stored.expiresAt);
  return isUnexpired(stored, now) ? `The token in KV is valid until ${end}.` : `The token in KV expired at ${end}.`;
}

/** The end of the key, if it is near: B2 may refuse the key because it has expired. */
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
