import { describeError, type Log } from "../log.ts";
import { addOutcome, type RotationOutcome, withMintOfRequest } from "../token/rotation-history.ts";
import { KvError, type StoredToken, type TokenStore } from "../token/store.ts";
import { sendAlert } from "./alert.ts";
import { type AfterRotation, alertsDue } from "./due-alerts.ts";

export interface RecordParts {
  store: TokenStore;
  log: Log;
  now: () => number;
  /** undefined: nothing but the log tells the owner. */
  alertWebhookUrl: string | undefined;
}

/**
 * Adds a rotation to the history in KV, and sends the alerts that are due. `stored` is the record that KV had when the new
 * token was minted. Never throws: a rotation has not failed because the history cannot be written.
 */
export async function recordRotation(
  parts: RecordParts,
  outcome: RotationOutcome,
  stored: StoredToken | undefined,
): Promise<void> {
  const { store, log } = parts;
  const token = stored?.token;
  try {
    const history = withMintOfRequest(await store.history(), stored?.isOfThisKey ? token : undefined);
    const alerted = await tellOwner(parts, { outcome, previous: lastOf(history), stored: token });
    await store.writeHistory(addOutcome(history, { ...outcome, ...alerted }));
  } catch (error) {
    log("error", "rotation.not-recorded", { error: describeError(error) });
    // The time of the last alert is unknown: one alert too many is better than none.
    if (error instanceof KvError && error.operation === "read")
      await tellOwner(parts, { outcome, previous: undefined, stored: token });
  }
}

/** The last rotation with the times of the last alerts, which a mint of a request does not carry. */
function lastOf(history: RotationOutcome[]): RotationOutcome | undefined {
  const last = history.at(-1);
  const { alertedAt } = history.findLast((each) => each.alertedAt !== undefined) ?? {};
  const { keyAlertedAt } = history.findLast((each) => each.keyAlertedAt !== undefined) ?? {};
  return last && { ...last, alertedAt, keyAlertedAt };
}

type Told = Pick<RotationOutcome, "alertedAt" | "keyAlertedAt">;

/** Sends the alerts that are due, and gives the time of the last one of each kind: now, if the webhook has accepted it. */
async function tellOwner(
  { alertWebhookUrl, log, now }: RecordParts,
  { outcome, previous, stored }: Omit<AfterRotation, "now">,
): Promise<Told> {
  const told: Told = { alertedAt: previous?.alertedAt, keyAlertedAt: previous?.keyAlertedAt };
  if (alertWebhookUrl === undefined) return told;
  const { failure, keyEnd } = alertsDue({ outcome, previous, stored, now: now() });
  if (failure !== undefined && (await sendAlert(alertWebhookUrl, failure, log))) told.alertedAt = now();
  if (keyEnd !== undefined && (await sendAlert(alertWebhookUrl, keyEnd, log))) told.keyAlertedAt = now();
  return told;
}
