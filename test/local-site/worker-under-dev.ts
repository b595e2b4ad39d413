import type { ChildProcess } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LocalB2 } from "../local-b2/app.ts";
import { type ServeOptions, startLocalB2 } from "../local-b2/serve.ts";
import { followOutput } from "./dev-output.ts";
import { SAMPLE_DIR } from "./options.ts";
import { createGroupStop } from "./process-group.ts";
import { findWorkerdPid } from "./workerd-pid.ts";
import { PROJECT_DIR, spawnWranglerDev, waitUntilReady } from "./wrangler-dev.ts";

export interface WorkerOptions {
  b2Url: string;
  keyId: string;
  key: string;
  vars?: Record<string, string>;
  /** Secrets besides the application key, such as OPERATOR_TOKEN. */
  secrets?: Record<string, string>;
  /** Whether the presets of wrangler.toml, which are commented out, are switched on (false). */
  presets?: boolean;
  /** Any free one when left out. */
  port?: number;
  /** Another entry than that of wrangler.toml, from the project's folder. */
  entry?: string;
  /** Lines beside those of wrangler.toml. */
  config?: string;
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
  /** Resolves when wrangler ends, asked or not. */
  ended: Promise<void>;
  stop(): Promise<void>;
}

export interface ProjectOptions extends Pick<WorkerOptions, "entry" | "config"> {
  vars?: Record<string, string>;
  /** Whether the presets of wrangler.toml are switched on (false). */
  presets?: boolean;
  secrets?: Record<string, string>;
  /** Options of the local B2, over the sample images at a free port. */
  b2?: ServeOptions;
  /** Whether the cron is fired once, and must succeed, before the project is given out (true). */
  fireCron?: boolean;
}

export interface Project extends WorkerUnderDev {
  readonly b2Server: Awaited<ReturnType<typeof startLocalB2>>;
  /** The local B2 as it is now: `restartB2` makes a new one. */
  readonly b2: LocalB2;
  /** Ends the local B2; its port refuses connections then. */
  stopB2(): Promise<void>;
  /** Starts a new local B2, which knows no old token, at the same port. */
  restartB2(): Promise<void>;
}

/** Starts the Worker under `wrangler dev` and waits until it answers; throws with wrangler's output when it does not. */
export async function startWorker(options: WorkerOptions): Promise<WorkerUnderDev> {
  const { b2Url, keyId, key, port = 0, presets = false, onLog, signal } = options;
  const scratch = await mkdtemp(join(tmpdir(), "b2-image-worker-"));
  const child = await spawnWranglerDev({
    port,
    vars: { B2_API_URL: b2Url, ...options.vars, ...options.secrets },
    requiredSecrets: { B2_APPLICATION_KEY_ID: keyId, B2_APPLICATION_KEY: key },
    presets,
    scratch,
    entry: options.entry,
    config: options.config,
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

/** Starts a local B2 in this process and the Worker under `wrangler dev` against it, on free ports. */
export async function startProject(options: ProjectOptions = {}): Promise<Project> {
  const { vars, secrets, presets = false, b2 = {}, fireCron = true, entry, config } = options;
  const b2Options = { host: "127.0.0.1", dir: SAMPLE_DIR, keyId: "local-key-id", key: "local-key", ...b2 };
  let b2Server = await startLocalB2({ port: 0, ...b2Options });
  const { keyId, key } = b2Options;
  const worker = await startWorker({
    b2Url: b2Server.url,
    keyId,
    key,
    vars: { INDEX_FILE: "index.html", ...vars },
    presets,
    ...(secrets !== undefined && { secrets }),
    ...(entry !== undefined && { entry }),
    ...(config !== undefined && { config }),
  }).catch(async (error: unknown) => {
    await b2Server.close();
    throw error;
  });
  const project: Project = {
    ...worker,
    get b2Server() {
      return b2Server;
    },
    get b2() {
      return b2Server.b2;
    },
    stop: async () => {
      await worker.stop();
      await b2Server.close();
    },
    stopB2: () => b2Server.close(),
    restartB2: async () => {
      b2Server = await startLocalB2({ ...b2Options, port: b2Server.port });
    },
  };
  if (fireCron) await fireFirstCron(project);
  return project;
}

async function fireFirstCron(project: Project): Promise<void> {
  const response = await project.fireCron();
  const outcome = await response.text();
  if (response.ok) return;
  await project.stop();
  throw new Error(`the cron failed: ${outcome}\n${project.output()}`);
}
