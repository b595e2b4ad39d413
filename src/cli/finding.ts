import { styleText } from "node:util";

/** `note`: it works, but look at it. `unknown`: it could not be checked. */
export type Verdict = "ok" | "note" | "wrong" | "unknown";

/** What one check has found. */
export interface Finding {
  /** The check's own name, stable for `--json`. */
  check: string;
  verdict: Verdict;
  /** What was seen, in one sentence. */
  text: string;
  /** What to do about it. */
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

/** One line: the verdict in sign and word, the check, what was seen, and what to do. */
export function formatFinding({ check, verdict, text, advice }: Finding): string {
  const words = advice === undefined ? text : `${text} ${advice}`;
  return `${styleText(COLORS[verdict], SIGNS[verdict])} ${check}: ${words}`;
}

export function hasWrong(findings: readonly Finding[]): boolean {
  return findings.some(({ verdict }) => verdict === "wrong");
}
