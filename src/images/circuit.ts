import type { B2FaultCode } from "../b2/error.ts";

/** The failures in a row that open the circuit. They must be for several names: one file that B2 cannot send is not enough. */
const RUN_OF_FAULTS = { requests: 5, names: 3, withinMs: 30_000 };
/** Two time-outs are enough, since each holds a visitor for ten seconds. */
const RUN_OF_TIMEOUTS = { requests: 2, names: 2, withinMs: 60_000 };
/** How long an open circuit leaves B2 alone. It doubles each time that the probe fails. */
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 60_000;

/** The faults that mean trouble at B2, and not a wrong request. */
const FAULTS: ReadonlySet<B2FaultCode> = new Set(["unavailable", "unreachable", "timeout"]);

interface Fault {
  /** ms since the epoch. */
  at: number;
  name: string;
  isTimeout: boolean;
}

/** Whether B2 may be asked: now (`closed`), after a successful probe, or not before `until` (ms since the epoch). */
export type Passage = { kind: "closed" } | { kind: "probe" } | { kind: "open"; until: number };

/** Decides by the latest outcomes whether B2 may be asked. */
export interface Circuit {
  /** Asks to pass. `probeMs` is how long a probe may take; the other requests are turned away meanwhile. */
  enter(now: number, probeMs: number): Passage;
  /** Notes that a request for a name ended with a fault. True when this opens the circuit. */
  fail(fault: { name: string; code: B2FaultCode }, now: number): boolean;
  /** Notes that a request ended without such a fault. */
  succeed(): void;
  /** Notes the end of the probe: success closes the circuit, failure doubles the pause. */
  endProbe(succeeded: boolean, now: number): void;
}

/**
 * Makes the circuit breaker of one isolate. Closed: requests pass, and faults in a row are counted. Open: requests are turned
 * away, so that caches send their stored copies at once and nobody waits for a B2 that hangs. After the pause, one probes.
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
    // The circuit is open already: this request began before that.
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

/** Whether a fault counts towards opening the circuit. */
export function isFaultOfCircuit(code: B2FaultCode): boolean {
  return FAULTS.has(code);
}

function isRun(faults: readonly Fault[], run: typeof RUN_OF_FAULTS, now: number): boolean {
  const recent = faults.filter(({ at }) => now - at <= run.withinMs).slice(-run.requests);
  return recent.length === run.requests && new Set(recent.map(({ name }) => name)).size >= run.names;
}
