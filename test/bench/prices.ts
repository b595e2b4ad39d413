/**
 * Published prices in US dollars, without taxes. Each says where it stands and when it was seen.
 * A month is 30 days, a GB 10^9 bytes.
 */

/**
 * https://developers.cloudflare.com/workers/platform/pricing/ (seen 2026-11-24, in the public source of that page).
 * A hit of Workers Cache is a billed request without CPU time: https://developers.cloudflare.com/workers/cache/
 */
export const WORKERS = {
  paidPlanPerMonth: 5,
  freeRequestsPerDay: 100_000,
  paidRequestsIncluded: 10_000_000,
  perMillionRequests: 0.3,
  paidCpuMsIncluded: 30_000_000,
  perMillionCpuMs: 0.02,
};

/** https://developers.cloudflare.com/r2/pricing/ (seen 2026-11-24, in the public source of that page). Egress is free. */
export const R2 = {
  perGbMonth: 0.015,
  freeGb: 10,
  perMillionReads: 0.36,
  freeReads: 10_000_000,
};

/**
 * https://www.backblaze.com/cloud-storage/pricing (as quoted on 2026-09-07 by who read it; not reached from here):
 * 6.95 dollars a TB for 30 days, the first 10 GB free, calls of class A, B and C free on pay-as-you-go,
 * egress free to Cloudflare (a CDN partner), and to everybody up to three times what is stored.
 */
export const B2 = {
  perGbMonth: 0.00695,
  freeGb: 10,
};

/**
 * B2's older price list, which older accounts may still have:
 * https://www.backblaze.com/cloud-storage/transaction-pricing (seen 2026-11-24 in a stored copy);
 * the storage price as several sites quote it.
 */
export const B2_CLASSIC = {
  /** As quoted in April 2026. */
  perGbMonth: 0.006,
  freeDownloadsPerDay: 2_500,
  per10000Downloads: 0.004,
};
