import type { B2FaultCode } from "../b2/error.ts";

/** So many requests in a row, on so many names, within so long: one file that B2 cannot send opens nothing. */
const RUN_OF_FAULTS = { requests: 5, names: 3, withinMs: 30_000 };
/** A time-out holds a visitor for ten seconds: two are enough. */
const RUN_OF_TIMEOUTS = { requests: 2, names: 2, withinMs: 60_000 };
/** How long an open circuit leaves B2 alone: doubled each time that the probe fails. */
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 60_000;

/** The faults that say that B2 is in trouble, and not that this request is wrong. */
const FAULTS: ReadonlySet<B2FaultCode> = new Set(["unavailable", "unreachable", "timeout"]);

interface Fault {
  /** ms since the epoch. */
  at: number;
  name: string;
  isTimeout: boolean;
}

/** Whether B2 may be asked: yes, after a probe, or not before a time (ms since the epoch). */
export type Passage = { kind: "closed" } | { kind: "probe" } | { kind: "open"; until: number };

export interface Circuit {
  /** `probeMs` is how long a probe may take: meanwhile the others are turned away. */
  enter(now: number, probeMs: number): Passage;
  /** A request for a name ended with a fault. True when this opens the circuit. */
  fail(fault: { name: string; code: B2FaultCode }, now: number): boolean;
  /** A request ended with an answer that is no such fault. */
  succeed(): void;
  /** The probe ended: its success closes the circuit, its failure doubles the pause. */
  endProbe(succeeded: boolean, now: number): void;
}

/**
 * The circuit breaker of one isolate. Closed: requests pass, and faults in a row are counted. Open: requests are turned
 * away, so that a stored copy comes at once and nobody waits for a B2 that hangs; when the pause is over, one probes.
 */
export function createCircuit(): Circuit {
  let faults: Fault[] = [];
  /** 0 while the circuit is closed. */
  let pauseMs = 0;
  let openUntil = 0;

  function enter(now: number, probeMs: number): Passage {
    if (pauseMs === 0) return { kind: "closed" };
    if (now < openUntil) return { kind: "open", until: openUntil };
    openUntil = now + probeMs;
    return { kind: "probe" };
  }

  function fail({ name, code }: { name: string; code: B2FaultCode }, now: number): boolean {
    // Requests that began before it opened say nothing new.
    if (pauseMs > 0) return false;
    faults = [...faults, { at: now, name, isTimeout: code === "timeout" }].slice(-RUN_OF_FAULTS.requests);
    const timeouts = faults.filter(({ isTimeout }) => isTimeout);
    if (!isRun(faults, RUN_OF_FAULTS, now) && !isRun(timeouts, RUN_OF_TIMEOUTS, now)) return false;
    faults = [];
    pauseMs = FIRST_PAUSE_MS;
    openUntil = now + pauseMs;
    return true;
  }

  function succeed(): void {
    if (faults.length > 0) faults = [];
  }

  function endProbe(succeeded: boolean, now: number): void {
    pauseMs = succeeded ? 0 : Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    openUntil = now + pauseMs;
  }

  return { enter, fail, succeed, endProbe };
}

/** Whether a fault counts for the circuit. */
export function isFaultOfCircuit(code: B2FaultCode): boolean {
  return FAULTS.has(code);
}

function isRun(faults: readonly Fault[], run: typeof RUN_OF_FAULTS, now: number): boolean {
  const recent = faults.filter(({ at }) => now - at <= run.withinMs).slice(-run.requests);
  return recent.length === run.requests && new Set(recent.map(({ name }) => name)).size >= run.names;
}
