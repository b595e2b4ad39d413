import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unstable_startWorker } from "wrangler";
import type { LocalB2 } from "../local-b2/app.ts";
import { type ServeOptions, startLocalB2 } from "../local-b2/serve.ts";
import { type ConfigChanges, copyConfig } from "../local-site/config-copy.ts";
import { fireCron } from "../local-site/fire-cron.ts";
import { SAMPLE_DIR } from "../local-site/options.ts";

export interface ProjectOptions extends ConfigChanges {
  vars?: Record<string, string>;
  /** Secrets besides the application key, such as OPERATOR_TOKEN. */
  secrets?: Record<string, string>;
  /** Whether the bucket begins with the sample images (true), or empty. */
  samples?: boolean;
  /** Options of the local B2, at a free port. */
  b2?: ServeOptions;
  /** Whether the cron is fired once, and must succeed, before the project is given out (true). */
  fireCron?: boolean;
}

/**
 * The Worker beside a local B2, started by the function that `wrangler dev` uses: the command itself takes three seconds of
 * CPU to start, which `npm start` and its test pay once.
 */
export interface Project {
  /** Without a slash at its end. */
  readonly url: string;
  /** What the Worker wrote so far, a line each. */
  logs(): string;
  /** Runs the cron's job once; 200 when it succeeded, 500 when it threw. */
  fireCron(): Promise<Response>;
  readonly b2Server: Awaited<ReturnType<typeof startLocalB2>>;
  /** The local B2 as it is now: `restartB2` makes a new one. */
  readonly b2: LocalB2;
  /** Ends the local B2; its port refuses connections then. */
  stopB2(): Promise<void>;
  /** Starts a new local B2, which knows no old token, at the same port. */
  restartB2(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts both on free ports. */
export async function startProject(options: ProjectOptions = {}): Promise<Project> {
  const { samples = true, b2 = {} } = options;
  const b2Options = {
    host: "127.0.0.1",
    ...(samples && { dir: SAMPLE_DIR }),
    keyId: "local-key-id",
    key: "local-key",
    ...b2,
  };
  let b2Server = await startLocalB2({ port: 0, ...b2Options });
  const worker = await startWorker(options, { ...b2Options, url: b2Server.url }).catch(async (error: unknown) => {
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
    stopB2: () => b2Server.close(),
    restartB2: async () => {
      b2Server = await startLocalB2({ ...b2Options, port: b2Server.port });
    },
    stop: async () => {
      await worker.stop();
      await b2Server.close();
    },
  };
  if (options.fireCron ?? true) await fireFirstCron(project);
  return project;
}

type Worker = Pick<Project, "url" | "logs" | "fireCron" | "stop">;

async function startWorker(
  { vars, secrets, ...changes }: ProjectOptions,
  b2: { url: string; keyId: string; key: string },
): Promise<Worker> {
  const scratch = await mkdtemp(join(tmpdir(), "b2-image-worker-"));
  const removeScratch = () => rm(scratch, { recursive: true, force: true, maxRetries: 5 });
  const logs: string[] = [];
  const worker = await unstable_startWorker({
    config: await copyConfig(scratch, changes),
    bindings: {
      ...bindings("plain_text", { B2_API_URL: b2.url, INDEX_FILE: "index.html", ...vars }),
      ...bindings("secret_text", { ...secrets, B2_APPLICATION_KEY_ID: b2.keyId, B2_APPLICATION_KEY: b2.key }),
    },
    dev: {
      server: { hostname: "127.0.0.1", port: 0 },
      logLevel: "none",
      watch: false,
      persist: false,
      inspector: false,
      structuredLogsHandler: ({ message }: { message: string }) => void logs.push(message),
    },
  }).catch(async (error: unknown) => {
    await removeScratch();
    throw error;
  });
  const { origin } = await worker.url;
  return {
    url: origin,
    logs: () => logs.join("\n"),
    fireCron: () => fireCron(origin),
    stop: async () => {
      await worker.dispose();
      await removeScratch();
    },
  };
}

function bindings<Type extends string>(type: Type, values: Record<string, string>) {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { type, value }]));
}

async function fireFirstCron(project: Project): Promise<void> {
  const response = await project.fireCron();
  const outcome = await response.text();
  if (response.ok) return;
  await project.stop();
  throw new Error(`the cron failed: ${outcome}\n${project.logs()}`);
}
