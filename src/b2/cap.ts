/** B2 is asked again after this time, since the owner may raise a reached cap at any moment. */
const LONGEST_PAUSE_MS = 5 * 60_000;
const DAY_MS = 86_400_000;

/**
 * How long to leave B2 alone after «cap exceeded», in ms. B2's daily caps are reset at 00:00 UTC. `now`: ms since the epoch.
 * Source: https://www.backblaze.com/docs/cloud-storage-data-caps-and-alerts
 */
export function pauseAfterCapMs(now: number): number {
  return Math.min(LONGEST_PAUSE_MS, DAY_MS - (now % DAY_MS));
}
