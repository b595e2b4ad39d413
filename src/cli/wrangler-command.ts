import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import * as v from "valibot";

/** A line of Wrangler's machine output, as far as it is read here. */
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
  /** What it wrote to its standard output; empty when that was shown. */
  stdout: string;
}

/** A folder that only this user can read, gone when this process ends, however it ends. */
export function makeScratch(): string {
  const folder = mkdtempSync(join(tmpdir(), "b2-image-worker-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/**
 * Runs the project's own Wrangler in `folder`. `shown`: it has the terminal, and asks what it has to ask.
 * A Ctrl-C reaches it by the terminal; this process waits for its end, so that nothing is left behind.
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
    // Both are read, or a full pipe would stop it.
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

/** Why Wrangler failed, in its own words, and with the code of Cloudflare's API where that said no. */
export function failureOf({ events }: WranglerRun): { message: string; code: unknown } {
  const failure = events.findLast(({ type }) => type === "command-failed");
  return { message: failure?.message ?? "", code: failure?.code };
}

function wranglerScript(): string {
  // Its package names only its library: the program lies beside that.
  return join(dirname(createRequire(import.meta.url).resolve("wrangler")), "../bin/wrangler.js");
}

function readEvents(file: string): WranglerEvent[] {
  let lines: string[];
  try {
    lines = readFileSync(file, "utf8").split("\n");
  } catch {
    // It ended before it wrote anything.
    return [];
  }
  return lines.flatMap((line) => {
    const result = v.safeParse(v.pipe(v.string(), v.parseJson(), event), line);
    return result.success ? [result.output] : [];
  });
}
