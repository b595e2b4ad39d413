/** The owner may raise a reached cap at any time: so it is asked about every five minutes. */
const LONGEST_PAUSE_MS = 5 * 60_000;
const DAY_MS = 86_400_000;

/**
 * How long to leave B2 alone after «cap exceeded», in ms. B2's daily caps start anew at 00:00 UTC.
 * Source: https://www.backblaze.com/docs/cloud-storage-data-caps-and-alerts
 */
export function pauseAfterCapMs(now: number): number {
  return Math.min(LONGEST_PAUSE_MS, DAY_MS - (now % DAY_MS));
}
