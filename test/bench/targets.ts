import type { ContenderName } from "./contenders.ts";
import type { Report } from "./report.ts";
import type { Row } from "./rounds.ts";

export interface Target {
  name: string;
  value: number;
  limit: number;
  unit: string;
}

/** What asks B2 through the entrypoint `Images`: a miss of its cache, and a hit. */
const CHECKED = [
  "this, ?x=1",
  "this, ?x=1, Images from its cache",
  "this, signed",
  "this, signed, Images from its cache",
] as const;

/** How far the pass-through may be from itself before nothing can be judged. */
const MOST_NOISE = 0.03;
/** The owner's pages, galleries and presets included. */
const LARGEST_BUNDLE_KIB = 60;

export function isTooNoisy({ rows }: Pick<Report, "rows">): boolean {
  return rows.some(
    ({ contender, cpuToPassThrough }) =>
      contender === "pass-through, again" && !(Math.abs(cpuToPassThrough.median - 1) <= MOST_NOISE),
  );
}

/** What this Worker is held to. */
export function targetsOf(report: Report): Target[] {
  return [...targetsOfRows(report), ...targetsOfProcess(report)];
}

function targetsOfRows({ rows }: Report): Target[] {
  const targets: Target[] = [];
  const add = (
    size: string,
    name: ContenderName,
    target: Omit<Target, "value" | "name"> & { name: string; of: (row: Row) => number },
  ) => {
    const row = rows.find(({ contender, size: label }) => contender === name && label === size);
    const { of, ...rest } = target;
    if (row !== undefined) targets.push({ ...rest, value: of(row) });
  };
  for (const size of ["0", "4k", "100k"]) {
    add(size, "this", { name: `CPU at ${size}`, limit: 1, unit: "× classic", of: (row) => row.cpuToClassic.median });
  }
  for (const [size, limit] of Object.entries({ "4k": 1.42, "100k": 1.28 })) {
    const unit = "× pass-through";
    add(size, "this", { name: `CPU at ${size}`, limit, unit, of: (row) => row.cpuToPassThrough.median });
    add(size, "this", { name: `peak memory at ${size}`, limit: 1.2, unit, of: (row) => row.ratios.peakMemoryBytes });
    for (const name of CHECKED) {
      const target = { name: `CPU of «${name}» at ${size}`, limit: 1.25, unit: "× SigV4" };
      add(size, name, { ...target, of: (row) => row.cpuToSigV4.median });
    }
    const again = rows.find((row) => row.contender === "pass-through, again" && row.size === size);
    // Within the noise: as far above 1.00 as the pass-through is from itself, and a little.
    const noise = Math.max(1.2, again?.ratios.p99Ms ?? 1);
    add(size, "this", { name: `p99 at ${size}`, limit: noise, unit, of: (row) => row.ratios.p99Ms });
  }
  return targets;
}

function targetsOfProcess({ streams, bundle, perThousand, coldStarts, heap }: Report): Target[] {
  const more = (streams.own.growthBytes - streams.passThrough.growthBytes) / 1e6;
  const start = coldStarts.own.startMs / coldStarts.passThrough.startMs;
  const growth = (heap.afterBytes - heap.beforeBytes) / 1e6;
  return [
    { name: "memory of a 1 GiB stream", value: more, limit: 20, unit: "MB more than pass-through" },
    { name: "bundle", value: bundle.gzipBytes / 1024, limit: LARGEST_BUNDLE_KIB, unit: "KiB gzip" },
    { name: "cold start", value: start, limit: 1.5, unit: "× pass-through" },
    { name: "heap growth", value: growth, limit: 1, unit: `MB in ${heap.requests} requests` },
    { name: "KV reads", value: perThousand.kvReads, limit: 0, unit: "per 1,000 requests" },
  ];
}

export function formatTarget({ name, value, limit, unit }: Target): string {
  if (Number.isNaN(value)) return `- Target ${name}: not measured.`;
  const verdict = value <= limit ? "met" : "MISSED";
  return `- Target ${name} ≤ ${Number(limit.toFixed(2))} ${unit}: ${value.toFixed(2)}, ${verdict}.`;
}
