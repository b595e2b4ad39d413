/** `node test/bench/cost.ts`: what one million views a month cost, as the Markdown that stands in .github/docs/cost.md. */
import { fileURLToPath } from "node:url";
import { SETTINGS } from "../../src/settings.ts";
import { B2, B2_CLASSIC, R2, WORKERS } from "./prices.ts";

const DAYS = 30;
const VIEWS = 1_000_000;
const IMAGE_BYTES = 200_000;
const STORED_GB = 50;
/** More than `npm run bench` finds for one run of the Worker. */
const CPU_MS_PER_RUN = 1;
const HIT_RATIOS = [0.9, 0.99];

/** What a month of views asks of the platforms. */
interface Usage {
  name: string;
  hitRatio: number;
  /** Billed requests of Workers, and those that run code. */
  workerRequests: number;
  workerRuns: number;
  storage: typeof B2 | typeof R2;
}

function usagesFor(hitRatio: number): Usage[] {
  const misses = Math.round(VIEWS * (1 - hitRatio));
  return [
    { name: "this Worker", hitRatio, workerRequests: VIEWS, workerRuns: misses, storage: B2 },
    { name: "classic Worker", hitRatio, workerRequests: VIEWS, workerRuns: VIEWS, storage: B2 },
    { name: "R2 behind a domain", hitRatio, workerRequests: 0, workerRuns: 0, storage: R2 },
  ];
}

/** With the free allowances: nothing for Workers while a day's requests fit the free plan, else the paid plan. */
function priceOf(usage: Usage): { workers: number; storage: number; reads: number } {
  const { workerRequests, workerRuns, storage } = usage;
  const fitsFreePlan = workerRequests / DAYS <= WORKERS.freeRequestsPerDay;
  return {
    workers: fitsFreePlan ? 0 : WORKERS.paidPlanPerMonth + paidExtra(workerRequests, workerRuns),
    storage: Math.max(0, STORED_GB - storage.freeGb) * storage.perGbMonth,
    reads:
      "perMillionReads" in storage
        ? (Math.max(0, missesOf(usage) - storage.freeReads) / 1e6) * storage.perMillionReads
        : 0,
  };
}

function paidExtra(requests: number, runs: number): number {
  const extraRequests = Math.max(0, requests - WORKERS.paidRequestsIncluded);
  const extraCpuMs = Math.max(0, runs * CPU_MS_PER_RUN - WORKERS.paidCpuMsIncluded);
  return (extraRequests / 1e6) * WORKERS.perMillionRequests + (extraCpuMs / 1e6) * WORKERS.perMillionCpuMs;
}

/** As if every allowance were used up already: what the next such site costs. */
function listPriceOf(usage: Usage): number {
  const { workerRequests, workerRuns, storage } = usage;
  const workers =
    (workerRequests / 1e6) * WORKERS.perMillionRequests +
    ((workerRuns * CPU_MS_PER_RUN) / 1e6) * WORKERS.perMillionCpuMs;
  const reads = "perMillionReads" in storage ? (missesOf(usage) / 1e6) * storage.perMillionReads : 0;
  return workers + STORED_GB * storage.perGbMonth + reads;
}

function missesOf({ hitRatio }: Usage): number {
  return Math.round(VIEWS * (1 - hitRatio));
}

function row(usage: Usage): string {
  const { workers, storage, reads } = priceOf(usage);
  const total = workers + storage + reads;
  const cells = [
    usage.name,
    `${Math.round(usage.hitRatio * 100)} %`,
    thousands(usage.workerRequests),
    thousands(usage.workerRuns),
    thousands(missesOf(usage)),
    dollars(workers),
    dollars(storage),
    dollars(reads),
    `**${dollars(total)}**`,
    dollars(listPriceOf(usage)),
  ];
  return `| ${cells.join(" | ")} |`;
}

/** What the hit ratios mean for images that are looked at every day, each of which is read once while a copy is fresh. */
function readsOfDailyImages(): string {
  const edgeDays = Number(SETTINGS.find(({ variable }) => variable === "EDGE_MAX_AGE_SECONDS")?.fallback) / 86_400;
  const readsAMonth = DAYS / edgeDays;
  const counts = HIT_RATIOS.map((ratio) => {
    const images = Math.round((VIEWS * (1 - ratio)) / readsAMonth);
    return `${thousands(images)} such images at ${ratio * 100} %`;
  });
  const { freeDownloadsPerDay } = B2_CLASSIC;
  return `Cloudflare's copy is fresh for ${edgeDays} days, so an image that is looked at every day is read ${readsAMonth} times a month. The reads above are those of ${counts.join(" and ")}. The ${thousands(freeDownloadsPerDay)} free downloads a day of the older price list are enough for ${thousands(freeDownloadsPerDay * edgeDays)}.`;
}

/** What the older price list of B2 adds: class B calls beyond each day's free ones. */
function classicDownloads(hitRatio: number): number {
  const perDay = (VIEWS * (1 - hitRatio)) / DAYS;
  return ((Math.max(0, perDay - B2_CLASSIC.freeDownloadsPerDay) * DAYS) / 10_000) * B2_CLASSIC.per10000Downloads;
}

function classicStorage(): number {
  return Math.max(0, STORED_GB - B2.freeGb) * B2_CLASSIC.perGbMonth;
}

/** The table and its assumptions, as Markdown. */
export function costTable(): string {
  const [least = 0, most = 0] = HIT_RATIOS;
  return `| set-up | hit ratio | Worker requests | of which run code | reads of the bucket | Workers | storage | reads | month | without free allowances |
|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|
${HIT_RATIOS.flatMap(usagesFor).map(row).join("\n")}

One month of ${thousands(VIEWS)} views of ${IMAGE_BYTES / 1000} KB images (${(VIEWS * IMAGE_BYTES) / 1e9} GB to visitors), ${STORED_GB} GB stored, in US dollars before tax. Assumptions:

- The views come evenly: ${thousands(Math.round(VIEWS / DAYS))} a day fit Workers' free plan (${thousands(WORKERS.freeRequestsPerDay)} a day). Above that the paid plan costs $${WORKERS.paidPlanPerMonth} a month and has ${WORKERS.paidRequestsIncluded / 1e6} million requests in it.
- ${readsOfDailyImages()}
- Views are of canonical URLs. A signed or hotlink-checked view is a second billed request.
- A hit of Workers Cache is a billed request without CPU time; a run takes ${CPU_MS_PER_RUN} ms of CPU. KV and the cron stay inside the free plan.
- Traffic from B2 to Cloudflare is free (CDN partner), and so are B2's calls. B2's price is the one quoted in September 2026; Backblaze's own page was not reached. On the older price list the storage is $${classicStorage().toFixed(2)}, and the downloads add $${classicDownloads(least).toFixed(2)} at ${least * 100} % and $${classicDownloads(most).toFixed(2)} at ${most * 100} %.
- The classic Worker has the token in its text and runs on every view. It is given the same hit ratio, which needs files that say \`Cache-Control: public\`, and the machine with a cron that renews its token every week is not counted.
- R2 needs no Worker; hits of Cloudflare's cache are free there. It has none of the checks of this Worker on its own domain.
- Prices: [Workers](https://developers.cloudflare.com/workers/platform/pricing/), [R2](https://developers.cloudflare.com/r2/pricing/), [B2](https://www.backblaze.com/cloud-storage/pricing), as published in 2026.
`;
}

function thousands(number: number): string {
  return number.toLocaleString("en-US");
}

function dollars(amount: number): string {
  return `$${amount.toFixed(2)}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(costTable());
