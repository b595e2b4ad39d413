import { dropContent } from "../http/drop-content.ts";
import { describeError, type Log } from "../log.ts";

const TIMEOUT_MS = 10_000;

/** A message for the owner's webhook. */
export interface Alert {
  /** A few sentences: the problem, and the advice. */
  text: string;
  /** The stable name of the event, such as `rotation.failed`. */
  event: string;
}

/**
 * Sends an alert to the owner's webhook, and says whether that accepted it. Slack shows `text`, Discord `content`. Never
 * throws: a failing webhook must not hide the fault that the alert is about. The URL itself is a secret, so it is not logged.
 */
export async function sendAlert(url: string, alert: Alert, log: Log): Promise<boolean> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ ...alert, content: alert.text }),
      cache: "no-store",
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await dropContent(response);
    if (!response.ok) log("error", "alert.failed", { status: response.status });
    return response.ok;
  } catch (error) {
    log("error", "alert.failed", { error: error instanceof Error ? error.name : describeError(error) });
    return false;
  }
}
