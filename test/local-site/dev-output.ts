import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { stripVTControlCharacters } from "node:util";

/** Collects all that a `wrangler dev` writes, and passes the JSON lines on that the Worker wrote with `console`. */
export function followOutput(child: ChildProcess, onLog: (line: string) => void): () => string {
  const all: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on("line", (raw) => {
      const line = stripVTControlCharacters(raw).trimEnd();
      if (line !== "") all.push(line);
      const log = findWorkerLine(line);
      if (log !== undefined) onLog(log);
    });
  }
  return () => all.join("\n");
}

/** `console.error` arrives as «✘ [ERROR] {…}», `console.warn` as «▲ [WARNING] {…}», `console.log` and `info` bare. */
function findWorkerLine(line: string): string | undefined {
  const text = line.replace(/^(✘ |▲ )?\[?(ERROR|WARNING|wrangler:\w+)?\]?\s*/, "");
  if (text.startsWith("Uncaught ")) return text;
  return text.startsWith('{"') && isJson(text) ? text : undefined;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
