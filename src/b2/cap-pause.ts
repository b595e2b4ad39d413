import { pauseAfterCapMs } from "./cap.ts";

/** Whether B2 may be asked: yes, as the one request that asks for all, or not before a time (ms since the epoch). */
export type Leave = { kind: "ask" } | { kind: "probe" } | { kind: "wait"; until: number };

export interface CapPause {
  /** `probeMs` is how long a probe may take: meanwhile the others wait. */
  enter(now: number, probeMs: number): Leave;
  /** B2 answered «cap exceeded». */
  begin(now: number): void;
  /** The probe met anything but the cap. */
  end(): void;
}

/** After «cap exceeded» an isolate leaves B2 alone for a while; then one request asks for all. */
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
