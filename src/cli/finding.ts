import { styleText } from "node:util";

/** The result of a check. `note`: it works, but deserves a look. `unknown`: it could not be checked. */
export type Verdict = "ok" | "note" | "wrong" | "unknown";

/** The finding of one check. */
export interface Finding {
  /** The name of the check, which stays the same in `--json` from release to release. */
  check: string;
  verdict: Verdict;
  /** The observation, in one sentence. */
  text: string;
  /** Advice on what to do. */
  advice?: string;
}

const SIGNS: Record<Verdict, string> = { ok: "✓ ok     ", note: "! note   ", wrong: "✗ wrong  ", unknown: "? unknown" };
const COLORS = { ok: "green", note: "yellow", wrong: "red", unknown: "dim" } as const;

export function ok(check: string, text: string): Finding {
  return { check, verdict: "ok", text };
}

export function note(check: string, text: string, advice: string): Finding {
  return { check, verdict: "note", text, advice };
}

export function wrong(check: string, text: string, advice: string): Finding {
  return { check, verdict: "wrong", text, advice };
}

export function unknown(check: string, text: string): Finding {
  return { check, verdict: "unknown", text };
}

/** Formats a finding as one line: the verdict as a sign and a word, the check, the observation and the advice. */
export function formatFinding({ check, verdict, text, advice }: Finding): string {
  const words = advice === undefined ? text : `${text} ${advice}`;
  return `${styleText(COLORS[verdict], SIGNS[verdict])} ${check}: ${words}`;
}

export function hasWrong(findings: readonly Finding[]): boolean {
  return findings.some(({ verdict }) => verdict === "wrong");
}
