import type { LogLine } from "../workerd-process.ts";
import { type Burst, burstViolations, formatBurst } from "./burst.ts";
import { FAULT_KINDS } from "./fault-plan.ts";
import { formatMemory, hasGrown, type Quarters, quarters } from "./memory.ts";
import type { B2Call } from "./recorded-b2.ts";
import { type Exchange, isRefusedTwice, judge, type Pause, SLACK_MS, tokenPauses } from "./verdict.ts";
import type { Observed, SoakOptions } from "./world.ts";

export interface SoakReport extends SoakOptions {
  requests: number;
  /** How many requests ended how: `image 200`, `range 503 (no try left)`. */
  outcomes: Record<string, number>;
  /** How many calls of B2 had which fault. */
  faults: Record<string, number>;
  rotations: { succeeded: number; failed: number };
  /** Medians of the first and of the last quarter. */
  memory: Quarters;
  /** undefined for a run without a burst. */
  burstMemory: Burst | undefined;
  recoveredAfterMs: number | undefined;
  slowestMs: number;
  violations: string[];
}

/** The file that is not there, which a probe asks for; the circuit's first pause, and the longest that a probe takes. */
const TRIAL_FOLDER = "b2-image-worker-trial/";
const CIRCUIT_PAUSE_MS = 5_000;
const PROBE_MS = 5_000;

/** In a shorter run a pause without a token can hide all windows of a fault or two. */
const LONG_RUN_SECONDS = 60;

/** All that is known of a run. */
export interface SoakRecord extends Observed {
  burstMemory: Burst | undefined;
  calls: readonly B2Call[];
  logs: readonly LogLine[];
}

export function makeReport(options: SoakOptions, record: SoakRecord): SoakReport {
  const { exchanges, calls, rotations } = record;
  const circuit = circuitPauses(record);
  const pauses = { token: tokenPauses(uselessMints(record)), circuit };
  const outcomes: Record<string, number> = {};
  const violations: string[] = [];
  for (const exchange of exchanges) {
    const verdict = judge(exchange, calls, pauses);
    const { request, answer } = exchange;
    const why = verdict.kind === "caused-by-b2" ? ` (${verdict.why})` : "";
    count(outcomes, `${request.kind} ${answer.status ?? "none"}${why}`);
    if (verdict.kind === "violation") violations.push(`at ${Math.round(exchange.fromMs)} ms: ${verdict.why}`);
  }
  const faults: Record<string, number> = {};
  for (const { fault } of calls) if (fault !== undefined) count(faults, fault);
  const report = {
    ...options,
    requests: exchanges.length,
    outcomes,
    faults,
    rotations: {
      succeeded: rotations.filter((succeeded) => succeeded).length,
      failed: rotations.filter((succeeded) => !succeeded).length,
    },
    memory: quarters(record.memory),
    burstMemory: record.burstMemory,
    recoveredAfterMs: record.recoveredAfterMs,
    slowestMs: Math.max(...exchanges.map(({ fromMs, untilMs }) => untilMs - fromMs)),
  };
  return {
    ...report,
    violations: [
      ...violations,
      ...violationsOf(report),
      ...circuitViolations(circuit, calls),
      ...(record.burstMemory === undefined ? [] : burstViolations(record.burstMemory)),
    ],
  };
}

/** What must hold for the run as a whole; a run in which nothing happened proves nothing. */
function violationsOf(report: Omit<SoakReport, "violations">): string[] {
  const { memory, rotations, faults, recoveredAfterMs, outcomes } = report;
  const found: string[] = [];
  for (const part of ["heap", "resident"] as const) {
    if (hasGrown(memory, part)) {
      found.push(`${part} memory grew: ${formatMemory(memory, part)}`);
    }
  }
  if (recoveredAfterMs === undefined) found.push("no image came after the last fault");
  if (!report.isQuick && (rotations.succeeded === 0 || rotations.failed === 0))
    found.push("rotation did not both fail and succeed");
  const unseen = FAULT_KINDS.filter((kind) => faults[kind] === undefined);
  const mostUnseen = report.isQuick ? FAULT_KINDS.length : report.seconds < LONG_RUN_SECONDS ? 2 : 0;
  if (unseen.length > mostUnseen) found.push(`B2 never had: ${unseen.join(", ")}`);
  if (outcomes["image 200"] === undefined) found.push("no image was served");
  return found;
}

/** When the circuit was open, by the log; one that never closed is open to the end. */
function circuitPauses({ logs }: SoakRecord): Pause[] {
  const pauses: Pause[] = [];
  for (const { text, atMs } of logs) {
    const last = pauses.at(-1);
    if (text.includes('"circuit.opened"')) pauses.push({ fromMs: atMs - SLACK_MS, untilMs: Number.POSITIVE_INFINITY });
    if (text.includes('"circuit.closed"') && last !== undefined) last.untilMs = atMs + SLACK_MS;
  }
  return pauses;
}

/** The circuit opens in this world, and stays open no longer than its probes tell: 5 s, doubled with each that failed. */
function circuitViolations(pauses: readonly Pause[], calls: readonly B2Call[]): string[] {
  if (pauses.length === 0) return ["the circuit never opened, although B2 was down"];
  return pauses.flatMap(({ fromMs, untilMs }) => {
    const failed = calls.filter(
      ({ fileName, fault, atMs }) =>
        fileName?.startsWith(TRIAL_FOLDER) && fault !== undefined && fromMs <= atMs && atMs <= untilMs,
    ).length;
    const longestMs = (CIRCUIT_PAUSE_MS + PROBE_MS) * (2 ** (failed + 1) - 1) + 2 * SLACK_MS;
    return untilMs - fromMs <= longestMs
      ? []
      : [`the circuit that opened at ${Math.round(fromMs)} ms stayed open for ${Math.round(untilMs - fromMs)} ms`];
  });
}

/**
 * On the request path: mints that failed or whose token B2 refused at its trial, which the Worker logs, and downloads that
 * B2 refused twice although the second token was a new one.
 */
function uselessMints({ logs, exchanges, calls }: SoakRecord): number[] {
  const timesOf = (event: string) => logs.filter(({ text }) => text.includes(`"${event}"`)).map(({ atMs }) => atMs);
  const minted = timesOf("token.minted");
  const refused = exchanges.filter(
    (exchange) =>
      isRefusedTwice(callsFor(exchange, calls)) &&
      minted.some((atMs) => exchange.fromMs <= atMs && atMs <= exchange.untilMs + SLACK_MS),
  );
  const refusedAtTrial = logs.filter(({ text }) => /"token\.minted".*"trial":"refused"/.test(text));
  return [
    ...timesOf("token.mint-failed"),
    ...refusedAtTrial.map(({ atMs }) => atMs),
    ...refused.map(({ untilMs }) => untilMs),
  ];
}

function callsFor({ request, fromMs, untilMs }: Exchange, calls: readonly B2Call[]): B2Call[] {
  return calls.filter(
    ({ fileName, atMs }) =>
      fileName !== undefined && fileName === request.fileName && atMs >= fromMs && atMs <= untilMs,
  );
}

function count(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}

export function formatReport(report: SoakReport): string {
  const { seconds, seed, rate, requests, outcomes, faults, rotations, memory, violations } = report;
  const recovered = report.recoveredAfterMs;
  const table = (counts: Record<string, number>) =>
    Object.entries(counts)
      .sort(([one], [other]) => one.localeCompare(other))
      .map(([name, times]) => `  ${String(times).padStart(7)}  ${name}`);
  return `${[
    `${seconds} s, ${requests} requests at ${rate}/s, seed ${seed}`,
    "",
    "Requests by outcome:",
    ...table(outcomes),
    "",
    "Faults that B2 had:",
    ...table(faults),
    "",
    `Rotations: ${rotations.succeeded} succeeded, ${rotations.failed} failed`,
    `Heap after a collection of garbage: ${formatMemory(memory, "heap")}`,
    `Memory of workerd: ${formatMemory(memory, "resident")}`,
    ...(report.burstMemory === undefined
      ? []
      : [`Memory of workerd without such collections: ${formatBurst(report.burstMemory)}`]),
    `Slowest answer: ${(report.slowestMs / 1000).toFixed(1)} s`,
    `After the last fault an image came ${recovered === undefined ? "never" : `within ${(recovered / 1000).toFixed(1)} s`}`,
    violations.length === 0
      ? "Every failure was one that B2 caused, and no byte was wrong."
      : `${violations.length === 1 ? "1 VIOLATION" : `${violations.length} VIOLATIONS`}:\n${violations.map((violation) => `  ${violation}`).join("\n")}`,
  ].join("\n")}\n`;
}
