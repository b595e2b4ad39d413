import type { Fault } from "../../local-b2/b2/faults.ts";
import { type Random, shuffled } from "./seeded-random.ts";

export type FaultKind =
  | "unavailable"
  | "unavailable-soon"
  | "unavailable-long"
  | "too-many"
  | "internal"
  | "reset-before"
  | "reset-middle"
  | "stall"
  | "api-refused"
  | "down";

/** A time in which B2 has one fault. */
export interface FaultWindow {
  kind: FaultKind;
  fromMs: number;
  untilMs: number;
  /** The part of the calls that it hits. */
  share: number;
}

/** Windows and pauses alternate: one of each kind every 10 s, in a new order each time. */
const CYCLE_MS = 10_000;
const WINDOW_PART = 0.7;

/** Once, in the middle of a run, B2 answers nothing but 503 for so long: the circuit opens. */
const DOWN_MS = 1_500;

/** The shares are low enough that a run of faults, which opens the circuit, comes by the one window that is for it. */
const FAULTS: Record<FaultKind, { share: number; fault: Omit<Fault, "operation"> }> = {
  unavailable: { share: 0.5, fault: { status: 503, code: "service_unavailable" } },
  "unavailable-soon": { share: 0.5, fault: { status: 503, code: "service_unavailable", retryAfterSeconds: 1 } },
  "unavailable-long": { share: 0.2, fault: { status: 503, code: "service_unavailable", retryAfterSeconds: 60 } },
  "too-many": { share: 0.4, fault: { status: 429, code: "too_many_requests", retryAfterSeconds: 2 } },
  internal: { share: 0.4, fault: { status: 500, code: "internal_error" } },
  "reset-before": { share: 0.5, fault: { reset: "before" } },
  "reset-middle": { share: 0.4, fault: { reset: "middle" } },
  // Each takes the whole budget of a request: few, or all files would wait.
  stall: { share: 0.15, fault: { stall: true } },
  // A rotation fails at once, without a retry. A reached cap does so too, but after it an isolate leaves B2 alone for
  // five minutes: too long to be told from one that never comes back.
  "api-refused": { share: 1, fault: { status: 401, code: "unauthorized" } },
  down: { share: 1, fault: { status: 503, code: "service_unavailable" } },
};

export const FAULT_KINDS = Object.keys(FAULTS) as FaultKind[];

/** The windows of a run, the same for the same seed. */
export function planFaults(durationMs: number, random: Random): FaultWindow[] {
  const downFromMs = durationMs / 2;
  // The first that fits is taken: this one goes before what the cycle has there.
  const windows: FaultWindow[] = [
    { kind: "down", fromMs: downFromMs, untilMs: downFromMs + DOWN_MS, share: FAULTS.down.share },
  ];
  const kinds = FAULT_KINDS.filter((kind) => kind !== "down");
  const lengthMs = CYCLE_MS / kinds.length;
  for (let cycleMs = 0; cycleMs < durationMs; cycleMs += CYCLE_MS) {
    for (const [place, kind] of shuffled(kinds, random).entries()) {
      const fromMs = cycleMs + place * lengthMs;
      windows.push({ kind, fromMs, untilMs: fromMs + lengthMs * WINDOW_PART, share: FAULTS[kind].share });
    }
  }
  return windows;
}

/** The fault that a call of B2 has at a time, if one. */
export function faultAt(
  windows: readonly FaultWindow[],
  call: { operation: string; atMs: number; random: Random },
): { kind: FaultKind; fault: Fault } | undefined {
  const { operation, atMs, random } = call;
  const window = windows.find(({ fromMs, untilMs }) => fromMs <= atMs && atMs < untilMs);
  if (window === undefined) return undefined;
  const isDownload = operation === "b2_download_file_by_name";
  if (isDownload === (window.kind === "api-refused") || random() >= window.share) return undefined;
  return { kind: window.kind, fault: { operation, ...FAULTS[window.kind].fault } };
}
