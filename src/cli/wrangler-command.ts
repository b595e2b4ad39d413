import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import * as v from "valibot";

/** A line of Wrangler's machine-readable output, with the fields that are used here. */
const event = v.looseObject({
  type: v.string(),
  targets: v.optional(v.nullable(v.array(v.string()))),
  message: v.optional(v.string()),
  code: v.optional(v.unknown()),
});

export type WranglerEvent = v.InferOutput<typeof event>;

export interface WranglerRun {
  exitCode: number;
  events: WranglerEvent[];
  /** Wrangler's standard output; empty when it went to the terminal. */
  stdout: string;
}

/** Makes a folder that only this user can read. It is removed when this process ends, however it ends. */
export function makeScratch(): string {
  const folder = mkdtempSync(join(tmpdir(), "b2-image-worker-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/**
 * Runs the project's own Wrangler in `folder`. `shown`: Wrangler uses the terminal, and can ask questions there. A Ctrl-C
 * reaches Wrangler through the terminal; this process waits until it has ended, so that nothing is left behind.
 */
export async function runWrangler(
  args: string[],
  { folder, shown }: { folder: string; shown: boolean },
): Promise<WranglerRun> {
  const outputFile = join(makeScratch(), "output.ndjson");
  const child = spawn(process.execPath, [wranglerScript(), ...args], {
    cwd: folder,
    stdio: shown ? "inherit" : ["ignore", "pipe", "pipe"],
    env: { ...process.env, WRANGLER_OUTPUT_FILE_PATH: outputFile },
  });
  const forward = (signal: NodeJS.Signals) => void child.kill(signal);
  const ignore = () => undefined;
  process.on("SIGINT", ignore).on("SIGTERM", forward).on("SIGHUP", forward);
  try {
    // Both outputs are read, or a full pipe would block Wrangler.
    const [stdout, , exitCode] = await Promise.all([
      child.stdout === null ? "" : text(child.stdout),
      child.stderr === null ? "" : text(child.stderr),
      new Promise<number>((resolve, reject) => {
        child.once("error", reject).once("close", (code) => resolve(code ?? 1));
      }),
    ]);
    return { exitCode, stdout, events: readEvents(outputFile) };
  } finally {
    process.off("SIGINT", ignore).off("SIGTERM", forward).off("SIGHUP", forward);
  }
}

/** Wrangler's own message about its failure, and the code of Cloudflare's API if that refused. */
export function failureOf({ events }: WranglerRun): { message: string; code: unknown } {
  const failure = events.findLast(({ type }) => type === "command-failed");
  return { message: failure?.message ?? "", code: failure?.code };
}

function wranglerScript(): string {
  // The package exports only its library: the program is in the folder beside it.
  return join(dirname(createRequire(import.meta.url).resolve("wrangler")), "../bin/wrangler.js");
}

function readEvents(file: string): WranglerEvent[] {
  let lines: string[];
  try {
    lines = readFileSync(file, "utf8").split("\n");
  } catch {
    // Wrangler ended before it wrote the file.
    return [];
  }
  return lines.flatMap((line) => {
    const result = v.safeParse(v.pipe(v.string(), v.parseJson(), event), line);
    return result.success ? [result.output] : [];
  });
}
