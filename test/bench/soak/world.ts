import type { Agent } from "node:http";
import type { HeapProbe } from "../heap.ts";
import type { WorkerdProcess } from "../workerd-process.ts";
import type { FaultWindow } from "./fault-plan.ts";
import type { SoakFile } from "./files.ts";
import type { RecordedB2 } from "./recorded-b2.ts";
import type { Random } from "./seeded-random.ts";
import type { Exchange } from "./verdict.ts";

export interface SoakOptions {
  seconds: number;
  seed: number;
  /** Requests a second. */
  rate: number;
  /** Whether a burst of 120,000 requests comes first, to see what memory they leave behind: a minute of both cores. */
  burst: boolean;
  /** Does not ask that each kind of fault came: shows that the command works, no more. */
  isQuick?: boolean;
}

/** The parts of a run. */
export interface World extends SoakOptions {
  random: Random;
  files: SoakFile[];
  windows: FaultWindow[];
  b2: RecordedB2;
  workerd: WorkerdProcess;
  heap: HeapProbe;
  agent: Agent;
  elapsedMs: () => number;
}

/** What workerd holds after a full collection of garbage, in bytes. */
export interface MemorySample {
  /** V8's heap: the Worker's own values. */
  heap: number;
  /** The whole process. */
  resident: number;
}

/** What a run has seen so far. */
export interface Observed {
  exchanges: Exchange[];
  /** Outcomes of the cron, in order: true when it succeeded. */
  rotations: boolean[];
  /** In order of time. */
  memory: MemorySample[];
  recoveredAfterMs: number | undefined;
}
