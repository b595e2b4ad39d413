import { vi } from "vitest";
import type { LogLevel } from "../../../src/log.ts";

const LEVELS: LogLevel[] = ["info", "warn", "error"];

/** What the Worker has logged since the last `clear`. */
export interface CollectedLog {
  /** Each line as it was written. */
  lines(): string[];
  /** Each line as the event that it tells, with its level. */
  events(): Record<string, unknown>[];
  clear(): void;
}

/** Collects what goes to the console, and shows none of it, until `vi.restoreAllMocks`. */
export function collectLog(): CollectedLog {
  const written: { level: LogLevel; line: string }[] = [];
  for (const level of LEVELS) {
    vi.spyOn(console, level).mockImplementation((line: unknown) => {
      written.push({ level, line: String(line) });
    });
  }
  return {
    lines: () => written.map(({ line }) => line),
    events: () => written.map(({ level, line }) => ({ level, ...JSON.parse(line) })),
    clear: () => {
      written.length = 0;
    },
  };
}
