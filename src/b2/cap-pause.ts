import { pauseAfterCapMs } from "./cap.ts";

/** Whether B2 may be asked: yes (`ask`), yes, as the one request that tries (`probe`), or not before `until` (ms since the epoch). */
export type Leave = { kind: "ask" } | { kind: "probe" } | { kind: "wait"; until: number };

/** Keeps an isolate from asking B2 after a reached cap. */
export interface CapPause {
  /** Asks for leave. `probeMs` is how long a probe may take; the other requests wait meanwhile. */
  enter(now: number, probeMs: number): Leave;
  /** Begins the pause, after B2 has answered «cap exceeded». */
  begin(now: number): void;
  /** Ends the pause, after the probe was answered with anything else. */
  end(): void;
}

/** Makes the pause of one isolate. When it is over, one request probes for all. */
export function createCapPause(): CapPause {
  let askAgainAt = 0;

  function enter(now: number, probeMs: number): Leave {
    if (askAgainAt === 0) return { kind: "ask" };
    if (now < askAgainAt) return { kind: "wait", until: askAgainAt };
    askAgainAt = now + probeMs;
    return { kind: "probe" };
  }

  function begin(now: number): void {
    askAgainAt = now + pauseAfterCapMs(now);
  }

  function end(): void {
    askAgainAt = 0;
  }

  return { enter, begin, end };
}
