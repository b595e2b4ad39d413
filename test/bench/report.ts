import type { OriginCounts } from "./origin-process.ts";
import type { Row } from "./rounds.ts";
import type { ColdStart, ColdStarts, StreamMemory, Streams } from "./single-figures.ts";

export interface Report {
  /** ISO date. */
  date: string;
  cores: number;
  seconds: number;
  bundle: { rawBytes: number; gzipBytes: number };
  rows: Row[];
  streams: Streams;
  coldStarts: ColdStarts;
  perThousand: OriginCounts;
  notes: string[];
}

export interface Target {
  name: string;
  value: number;
  limit: number;
  unit: string;
}

const NOTES = [
  "`pass-through, again` is the same Worker in a second process: how far its figures are from 1.00 is how sure the others are.",
  "CPU is that of the Worker's process, by the kernel's own count; the ratio is to the pass-through of the same round, median of the rounds.",
  "Load generator, origin and Worker share the cores: compare requests/s and latencies within a size only.",
  "Local workerd has no Workers Cache: every request is a miss, the dearest way through the Worker.",
  "`?x=1` and the signed way run two entrypoints: in production the second one answers mostly from its cache.",
  "`sigv4` does what the vendor's published Worker does for a request: a client of its own, and the request's fields signed and sent on.",
  "The rate limiter is not measured: plain workerd has no such binding.",
  "The preset way is not measured: image presets do not exist yet.",
];

export function notesOf(rows: readonly Row[]): string[] {
  const rounds = Math.max(...rows.map((row) => row.rounds));
  return [`${rounds} interleaved rounds after a warm-up.`, ...NOTES];
}

/** The figures that issue 6 sets limits for. */
export function targetsOf({ rows, streams, bundle, perThousand }: Report): Target[] {
  const targets: Target[] = [];
  const ratio = (size: string) => rows.find((row) => row.contender === "this" && row.size === size)?.ratios;
  for (const [size, limit] of [
    ["4k", 1.15],
    ["100k", 1.1],
  ] as const) {
    const ratios = ratio(size);
    if (ratios === undefined) continue;
    targets.push({ name: `CPU at ${size}`, value: ratios.cpuMicroseconds, limit, unit: "× pass-through" });
    targets.push({ name: `p99 at ${size}`, value: ratios.p99Ms, limit: 1.2, unit: "× pass-through" });
  }
  const more = (streams.own.growthBytes - streams.passThrough.growthBytes) / 1e6;
  targets.push({ name: "memory of a 1 GiB stream", value: more, limit: 20, unit: "MB more than pass-through" });
  targets.push({ name: "bundle", value: bundle.gzipBytes / 1024, limit: 25, unit: "KiB gzip" });
  targets.push({ name: "KV reads", value: perThousand.kvReads, limit: 0, unit: "per 1,000 requests" });
  return targets;
}

/** The report as Markdown, as it stands in the README. */
export function formatReport(report: Report): string {
  const { date, cores, bundle, rows, streams, coldStarts, perThousand, notes, seconds } = report;
  const lines = [
    `Measured ${date} on ${cores} cores in ${Math.round(seconds)} s:`,
    "",
    "| size | Worker | CPU µs/request | × | requests/s | × | p50 ms | × | p99 ms | × | peak MB |",
    "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ...rows.map(formatRow),
    "",
    `- Bundle: ${kib(bundle.rawBytes)} KiB, ${kib(bundle.gzipBytes)} KiB gzip.`,
    `- 1 GiB stream, memory above what was held before: pass-through ${formatStream(streams.passThrough)}; this ${formatStream(streams.own)}.`,
    `- Cold process, to its first answer (of which after it listens): ${formatColdStarts(coldStarts)}.`,
    `- Per 1,000 requests: ${perThousand.downloads} downloads from B2, ${perThousand.apiCalls} calls of B2's API, ${perThousand.kvReads} KV reads.`,
    "",
    ...targetsOf(report).map(formatTarget),
    "",
    ...notes.map((note) => `- ${note}`),
  ];
  return `${lines.join("\n")}\n`;
}

function formatRow({ size, contender, figures, ratios }: Row): string {
  const cells = [
    size,
    contender,
    figures.cpuMicroseconds.toFixed(0),
    ratios.cpuMicroseconds.toFixed(2),
    figures.requestsPerSecond.toFixed(0),
    ratios.requestsPerSecond.toFixed(2),
    figures.p50Ms.toFixed(2),
    ratios.p50Ms.toFixed(2),
    figures.p99Ms.toFixed(2),
    ratios.p99Ms.toFixed(2),
    (figures.peakMemoryBytes / 1e6).toFixed(0),
  ];
  return `| ${cells.join(" | ")} |`;
}

function formatStream({ growthBytes, seconds }: StreamMemory): string {
  return `${(growthBytes / 1e6).toFixed(1)} MB (${seconds.toFixed(1)} s)`;
}

function formatColdStarts({ passThrough, own, ownMinting }: ColdStarts): string {
  const one = ({ startMs, firstAnswerMs }: ColdStart) => `${startMs.toFixed(0)} ms (${firstAnswerMs.toFixed(0)})`;
  return `pass-through ${one(passThrough)}; this ${one(own)}; this with an empty KV, minting ${one(ownMinting)}`;
}

function formatTarget({ name, value, limit, unit }: Target): string {
  const verdict = value <= limit ? "met" : "MISSED";
  return `- Target ${name} ≤ ${limit} ${unit}: ${value.toFixed(2)}, ${verdict}.`;
}

function kib(bytes: number): string {
  return (bytes / 1024).toFixed(1);
}
