import type { ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { followOutput } from "./dev-output.ts";
import { createGroupStop } from "./process-group.ts";
import { spawnWranglerDev, waitUntilReady } from "./wrangler-dev.ts";

export interface WorkerOptions {
  b2Url: string;
  keyId: string;
  key: string;
  vars: Record<string, string>;
  /** Secrets besides the application key, such as OPERATOR_TOKEN. */
  secrets: Record<string, string>;
  port: number;
  /** Told each line that the Worker itself wrote. */
  onLog: (line: string) => void;
  /** Gives up a start that is under way and ends what has started. */
  signal: AbortSignal;
}

export interface WorkerUnderDev {
  /** Without a slash at its end. */
  url: string;
  /** All that wrangler and the Worker wrote, for when something fails. */
  output(): string;
  /** Resolves when wrangler ends, asked or not. */
  ended: Promise<void>;
  stop(): Promise<void>;
}

/** Starts the Worker under `wrangler dev` and waits until it answers; throws with wrangler's output when it does not. */
export async function startWorker(options: WorkerOptions): Promise<WorkerUnderDev> {
  const { b2Url, keyId, key, port, vars, secrets, onLog, signal } = options;
  const scratch = await mkdtemp(join(tmpdir(), "b2-image-worker-"));
  const child = await spawnWranglerDev({
    port,
    vars: { B2_API_URL: b2Url, ...vars, ...secrets },
    requiredSecrets: { B2_APPLICATION_KEY_ID: keyId, B2_APPLICATION_KEY: key },
    scratch,
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const output = followOutput(child, onLog);
  const stop = createStop(child, scratch);
  try {
    return { url: await waitUntilReady({ child, output, signal }), ended, stop, output };
  } catch (error) {
    await stop();
    throw error;
  }
}

function createStop(child: ChildProcess, scratch: string): () => Promise<void> {
  const stopGroup = createGroupStop(child);
  return async () => {
    await stopGroup();
    await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
  };
}
