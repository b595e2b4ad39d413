import { dropContent } from "../http/drop-content.ts";
import { describeError, type Log } from "../log.ts";

const TIMEOUT_MS = 10_000;

export interface Alert {
  /** What is wrong and what to do, in one or two sentences. */
  text: string;
  /** The event's name in the log. */
  event: string;
}

/**
 * Tells the owner's webhook, and whether it took it: Slack shows `text`, Discord `content`. Never throws: an alert must not hide what it tells.
 * The URL is a secret by itself, so it stands in no log line.
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
