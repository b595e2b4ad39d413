import type { OriginCounts } from "./origin-process.ts";
import type { RoundsResult, Row } from "./rounds.ts";
import type { ColdStart, ColdStarts, HeapAfterLoad, StreamMemory, Streams } from "./single-figures.ts";
import type { Estimate } from "./statistics.ts";
import { formatTarget, isTooNoisy, targetsOf } from "./targets.ts";

export interface Report extends RoundsResult {
  /** ISO date. */
  date: string;
  cores: number;
  seconds: number;
  bundle: { rawBytes: number; gzipBytes: number };
  streams: Streams;
  coldStarts: ColdStarts;
  heap: HeapAfterLoad;
  perThousand: OriginCounts;
}

const NOTES = [
  "CPU is that of the Worker's process, by the kernel's own count; a ratio is to the other Worker in the same round: median, and its 95 % interval.",
  "`pass-through, again` is the same Worker in a second process: how far its figures are from 1.00 is how sure the others are.",
  "Load generator, origin and Worker share the cores: compare requests/s and latencies within a size only.",
  "Local workerd has no Workers Cache: a row that names no cache is a miss, the dearest way through the Worker.",
  "«Images from its cache», «from the cache of Presets»: what a checked or foreign address, or a preset, costs in production, where the inner entrypoint mostly answers from its cache. Here the origin sends that answer.",
  "`sigv4` does what the vendor's published Worker does for a request: a client of its own, and the request's fields signed and sent on.",
  "The rate limiter is not measured: plain workerd has no such binding.",
];

/** The report as Markdown. */
export function formatReport(report: Report): string {
  const { date, cores, bundle, rows, streams, coldStarts, heap, perThousand, seconds, slices, thrownAway } = report;
  const rounds = Math.max(...rows.map((row) => row.rounds));
  const lines = [
    `Measured ${date} on ${cores} cores in ${Math.round(seconds)} s: ${rounds} rounds, ${slices} slices, of which ${thrownAway} were thrown away because other programs were busy.`,
    "",
    "| size | Worker | CPU µs/request | × pass-through | × classic | × SigV4 | requests/s | p50 ms | × | p99 ms | × | peak MB | × |",
    "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ...rows.map(formatRow),
    "",
    `- Bundle: ${kib(bundle.rawBytes)} KiB, ${kib(bundle.gzipBytes)} KiB gzip.`,
    `- 1 GiB stream, memory above what was held before: pass-through ${formatStream(streams.passThrough)}; this ${formatStream(streams.own)}.`,
    `- Cold process, to its first answer (of which after it listens): ${formatColdStarts(coldStarts)}.`,
    `- Heap after a collection: ${megabytes(heap.beforeBytes)} MB after ${heap.warmUpRequests} requests, ${megabytes(heap.afterBytes)} MB after ${heap.requests} more.`,
    `- Per 1,000 requests: ${perThousand.downloads} downloads from B2, ${perThousand.apiCalls} calls of B2's API, ${perThousand.kvReads} KV reads.`,
    "",
    ...(isTooNoisy(report)
      ? [
          "**The machine was too noisy to judge:** `pass-through, again` is more than 3 % away from 1.00, or was never measured undisturbed.",
          "",
        ]
      : []),
    ...targetsOf(report).map(formatTarget),
    "",
    ...NOTES.map((note) => `- ${note}`),
  ];
  return `${lines.join("\n")}\n`;
}

function formatRow({ size, contender, figures, ratios, cpuToPassThrough, cpuToClassic, cpuToSigV4 }: Row): string {
  const cells = [
    size,
    contender,
    figures.cpuMicroseconds.toFixed(0),
    formatEstimate(cpuToPassThrough),
    formatEstimate(cpuToClassic),
    formatEstimate(cpuToSigV4),
    figures.requestsPerSecond.toFixed(0),
    figures.p50Ms.toFixed(2),
    ratios.p50Ms.toFixed(2),
    figures.p99Ms.toFixed(2),
    ratios.p99Ms.toFixed(2),
    megabytes(figures.peakMemoryBytes, 0),
    ratios.peakMemoryBytes.toFixed(2),
  ];
  return `| ${cells.join(" | ")} |`;
}

function formatEstimate({ median, low, high }: Estimate): string {
  return `${median.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`;
}

function formatStream({ growthBytes, seconds }: StreamMemory): string {
  return `${megabytes(growthBytes)} MB (${seconds.toFixed(1)} s)`;
}

function formatColdStarts({ passThrough, own, ownMinting }: ColdStarts): string {
  const one = ({ startMs, firstAnswerMs }: ColdStart) => `${startMs.toFixed(0)} ms (${firstAnswerMs.toFixed(0)})`;
  return `pass-through ${one(passThrough)}; this ${one(own)}; this with an empty KV, minting ${one(ownMinting)}`;
}

function megabytes(bytes: number, digits = 1): string {
  return (bytes / 1e6).toFixed(digits);
}

function kib(bytes: number): string {
  return (bytes / 1024).toFixed(1);
}
