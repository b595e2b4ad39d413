import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type DevOutput, followOutput } from "./start-output.ts";
import { createGroupStop } from "./start-process-group.ts";

const PROJECT_DIR = fileURLToPath(new URL("../..", import.meta.url));
const WRANGLER = fileURLToPath(new URL("../../node_modules/wrangler/bin/wrangler.js", import.meta.url));

const READY_TIMEOUT_MS = 60_000;
// These come as environment variables: `--var` would turn a required secret into a warning about a missing one.
const SECRET_NAMES = new Set(["B2_APPLICATION_KEY_ID", "B2_APPLICATION_KEY"]);

export type WranglerOptions = {
  port: number;
  /** Variables and secrets of the Worker. A `.dev.vars` of the user is not read. */
  vars: Record<string, string>;
  /** Told each line that the Worker itself wrote. */
  onLog?: (line: string) => void;
  /** Gives up a start that is under way; `stop` ends what has started. */
  signal?: AbortSignal;
};

export type WorkerUnderDev = {
  url: string;
  /** The lines that the Worker itself wrote so far. */
  logs(): string[];
  /** All that wrangler and the Worker wrote, for when something fails. */
  output(): string;
  /** Runs the cron job once; 200 when it succeeded, 500 when it threw. */
  fireCron(): Promise<Response>;
  /** Of wrangler and all its children. */
  processGroupId: number;
  stop(): Promise<void>;
};

/** Starts the Worker under `wrangler dev` and waits until it answers; throws with wrangler's output when it does not. */
export async function startWrangler(options: WranglerOptions): Promise<WorkerUnderDev> {
  const scratch = await mkdtemp(join(tmpdir(), "b2-image-worker-"));
  const child = await spawnWrangler(options, scratch);
  const output = followOutput(child, options.onLog);
  const url = `http://127.0.0.1:${options.port}`;
  const stop = createStop(child, scratch);
  try {
    await waitUntilAnswering({ url, child, output, signal: options.signal });
  } catch (error) {
    await stop();
    throw error;
  }
  const fireCron = createFireCron(url, await readCron());
  return { url, logs: output.logs, output: output.all, fireCron, processGroupId: child.pid ?? 0, stop };
}

async function spawnWrangler({ port, vars }: WranglerOptions, scratch: string): Promise<ChildProcess> {
  // With an --env-file, even an empty one, wrangler reads neither .dev.vars nor .env.
  const envFile = join(scratch, "empty.env");
  await writeFile(envFile, "");
  const args = ["dev", "--port", String(port), "--ip", "127.0.0.1", "--inspector-port", "0", "--env-file", envFile];
  args.push("--persist-to", join(scratch, "state"), "--show-interactive-dev-session=false");
  for (const [name, value] of Object.entries(vars)) {
    if (!SECRET_NAMES.has(name)) args.push("--var", `${name}:${value}`);
  }
  // A group of its own, so that wrangler's children, workerd among them, can be ended with it.
  return spawn(process.execPath, [WRANGLER, ...args], {
    cwd: PROJECT_DIR,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...pickSecrets(vars), ...wranglerEnvironment(scratch) },
  });
}

function pickSecrets(vars: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(vars).filter(([name]) => SECRET_NAMES.has(name)));
}

/** Keeps wrangler quiet, off the network and out of the user's own folders. */
function wranglerEnvironment(scratch: string): Record<string, string> {
  return {
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_SEND_ERROR_REPORTS: "false",
    WRANGLER_HIDE_BANNER: "true",
    WRANGLER_LOG: "log",
    WRANGLER_LOG_PATH: join(scratch, "logs"),
    WRANGLER_REGISTRY_PATH: join(scratch, "registry"),
    XDG_CONFIG_HOME: join(scratch, "config"),
    FORCE_COLOR: "0",
  };
}

type Wait = { url: string; child: ChildProcess; output: DevOutput; signal: AbortSignal | undefined };

async function waitUntilAnswering({ url, child, output, signal }: Wait): Promise<void> {
  const deadline = AbortSignal.timeout(READY_TIMEOUT_MS);
  const giveUp = signal === undefined ? deadline : AbortSignal.any([deadline, signal]);
  while (!giveUp.aborted && child.exitCode === null && child.signalCode === null) {
    if (output.all().includes("Build failed")) break;
    if (await answers(url, giveUp)) return;
    await sleep(100);
  }
  throw new Error(`The Worker did not start under wrangler dev:\n${output.all()}`);
}

async function answers(url: string, giveUp: AbortSignal): Promise<boolean> {
  try {
    const response = await fetch(`${url}/-/health`, { signal: giveUp });
    await response.body?.cancel();
    return true;
  } catch {
    return false;
  }
}

async function readCron(): Promise<string> {
  const config = await readFile(join(PROJECT_DIR, "wrangler.toml"), "utf8");
  const cron = /^crons = \["([^"]+)"/m.exec(config)?.[1];
  if (cron === undefined) throw new Error("wrangler.toml names no cron");
  return cron;
}

function createFireCron(url: string, cron: string): () => Promise<Response> {
  const query = new URLSearchParams({ cron, format: "json" });
  return () => fetch(`${url}/cdn-cgi/local/scheduled?${query}`);
}

function createStop(child: ChildProcess, scratch: string): () => Promise<void> {
  const stopGroup = createGroupStop(child);
  return async () => {
    await stopGroup();
    await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
  };
}
