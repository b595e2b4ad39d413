import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { PROJECT_DIR } from "../project-dir.ts";

export interface NpmStart {
  stdout(): string;
  stderr(): string;
  /** Waits for the line that begins with «Ready:», and throws with all output when it does not come. */
  ready(withinMs: number): Promise<void>;
  /** Waits for the end and gives the exit code, or the signal that npm passed on to itself. */
  ended(): Promise<number | NodeJS.Signals | null>;
  /** Sends the signal to npm and its children, as a terminal does. */
  signal(name: NodeJS.Signals): void;
}

/** Runs `npm start -- <args>` as a user would, with temporary files under `tempDir`. */
export function npmStart(args: string[], tempDir: string): NpmStart {
  const child = spawn("npm", ["start", "--", ...args], {
    cwd: PROJECT_DIR,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, TMPDIR: tempDir },
  });
  const out = collect(child.stdout);
  const err = collect(child.stderr);
  const exit = once(child, "close").then(() => child.exitCode ?? child.signalCode);
  return {
    stdout: out,
    stderr: err,
    ready: (withinMs) => waitForReady({ child, out, err, withinMs }),
    ended: () => exit,
    signal: (name) => signalGroup(child, name),
  };
}

function collect(stream: NodeJS.ReadableStream | null): () => string {
  let text = "";
  stream?.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  return () => text;
}

interface Wait {
  child: ChildProcess;
  out: () => string;
  err: () => string;
  withinMs: number;
}

async function waitForReady({ child, out, err, withinMs }: Wait): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!/^Ready: /m.test(out())) {
    if (child.exitCode !== null || Date.now() > deadline)
      throw new Error(`npm start is not ready:\n${out()}\n${err()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function signalGroup(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null) return;
  try {
    process.kill(-child.pid, name);
  } catch {
    // It ended in between, which is what was wanted.
  }
}
