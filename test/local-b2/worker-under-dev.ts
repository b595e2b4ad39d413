import type { ChildProcess } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type DevOutput, followOutput } from "./start/dev-output.ts";
import { createGroupStop } from "./start/process-group.ts";
import { PROJECT_DIR, spawnWranglerDev } from "./start/wrangler-dev.ts";
import { findWorkerdPid } from "./start/workerd-pid.ts";

const READY_TIMEOUT_MS = 60_000;

export interface WorkerOptions {
  b2Url: string;
  keyId: string;
  key: string;
  vars?: Record<string, string>;
  /** Secrets besides the application key, such as OPERATOR_TOKEN. */
  secrets?: Record<string, string>;
  /** Any free one when left out. */
  port?: number;
  /** Told each line that the Worker itself wrote. */
  onLog?: (line: string) => void;
  /** Gives up a start that is under way and ends what has started. */
  signal?: AbortSignal;
}

export interface WorkerUnderDev {
  /** Without a slash at its end. */
  url: string;
  /** The lines that the Worker itself wrote so far. */
  logs(): string;
  /** All that wrangler and the Worker wrote, for when something fails. */
  output(): string;
  /** Runs the cron's job once; 200 when it succeeded, 500 when it threw. */
  fireCron(): Promise<Response>;
  /** The process that runs the Worker's code, for its memory. Linux only. */
  workerdPid(): Promise<number>;
  /** Comes true when wrangler ends, asked or not. */
  ended: Promise<void>;
  stop(): Promise<void>;
}

/** Starts the Worker under `wrangler dev` and waits until it answers; throws with wrangler's output when it does not. */
export async function startWorker(options: WorkerOptions): Promise<WorkerUnderDev> {
  const { b2Url, keyId, key, port = 0, onLog, signal } = options;
  const scratch = await mkdtemp(join(tmpdir(), "b2-image-worker-"));
  const child = await spawnWranglerDev({
    port,
    vars: { B2_API_URL: b2Url, ...options.vars, ...options.secrets },
    requiredSecrets: { B2_APPLICATION_KEY_ID: keyId, B2_APPLICATION_KEY: key },
    scratch,
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const output = followOutput(child, onLog);
  const stop = createStop(child, scratch);
  try {
    const url = await waitUntilReady({ child, output, signal });
    const cron = await readCron();
    return {
      url,
      ended,
      stop,
      logs: () => output.logs().join("\n"),
      output: output.all,
      fireCron: () => fetch(`${url}/cdn-cgi/local/scheduled?${new URLSearchParams({ cron, format: "json" })}`),
      workerdPid: () => findWorkerdPid(child.pid ?? 0),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Wait {
  child: ChildProcess;
  output: DevOutput;
  signal: AbortSignal | undefined;
}

/** Gives the URL that wrangler announces: it does so when the first build runs. */
async function waitUntilReady({ child, output, signal }: Wait): Promise<string> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (Date.now() < deadline && !signal?.aborted && child.exitCode === null && child.signalCode === null) {
    const all = output.all();
    const url = /Ready on (http:\/\/[\w.:]+)/.exec(all)?.[1];
    if (url !== undefined) return url;
    if (all.includes("Build failed")) break;
    await sleep(25);
  }
  throw new Error(`The Worker did not start under wrangler dev:\n${output.all()}`);
}

async function readCron(): Promise<string> {
  const config = await readFile(join(PROJECT_DIR, "wrangler.toml"), "utf8");
  const cron = /^crons = \["([^"]+)"/m.exec(config)?.[1];
  if (cron === undefined) throw new Error("wrangler.toml names no cron");
  return cron;
}

function createStop(child: ChildProcess, scratch: string): () => Promise<void> {
  const stopGroup = createGroupStop(child);
  return async () => {
    await stopGroup();
    await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
  };
}
