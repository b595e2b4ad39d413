import { readdirSync, readFileSync } from "node:fs";
import { startLocalB2 } from "../local-b2/serve.ts";
import { SAMPLE_DIR } from "../local-b2/start-options.ts";
import { findFreePort } from "../local-b2/start-ports.ts";
import { startWrangler, type WorkerUnderDev } from "../local-b2/start-wrangler.ts";

type LocalB2Options = Parameters<typeof startLocalB2>[0];
type LocalB2 = Awaited<ReturnType<typeof startLocalB2>>;

export type ProjectOptions = {
  /** Variables and secrets of the Worker, over the ones that point it at the local B2. */
  vars?: Record<string, string>;
  /** Options of the local B2, over a free port and the sample images. */
  b2?: Partial<LocalB2Options>;
  /** Whether the cron is fired once before the tests begin (true). */
  cron?: boolean;
};

export type Project = Omit<WorkerUnderDev, "processGroupId"> & {
  b2: LocalB2;
  /** The process that runs the Worker's code, for its memory. Linux only. */
  workerdPid(): number;
};

/** Starts a local B2 in this process and the Worker under `wrangler dev` against it, on free ports. */
export async function startProject(options: ProjectOptions = {}): Promise<Project> {
  const b2 = await startLocalB2({ port: await findFreePort(), host: "127.0.0.1", dir: SAMPLE_DIR, ...options.b2 });
  const vars = {
    B2_API_URL: b2.url,
    B2_APPLICATION_KEY_ID: "local-key-id",
    B2_APPLICATION_KEY: "local-key",
    INDEX_FILE: "index.html",
    ...options.vars,
  };
  const worker = await startWrangler({ port: await findFreePort(), vars });
  async function stop(): Promise<void> {
    await worker.stop();
    await b2.close();
  }
  if (options.cron ?? true) await fireFirstCron(worker, stop);
  return { ...worker, b2, stop, workerdPid: () => findWorkerdPid(worker.processGroupId) };
}

async function fireFirstCron(worker: WorkerUnderDev, stop: () => Promise<void>): Promise<void> {
  const response = await worker.fireCron();
  const outcome = await response.text();
  if (response.ok) return;
  await stop();
  throw new Error(`the cron failed: ${outcome}\n${worker.output()}`);
}

function findWorkerdPid(processGroupId: number): number {
  for (const name of readdirSync("/proc")) {
    if (/^\d+$/.test(name) && isWorkersProcess(name, processGroupId)) return Number(name);
  }
  throw new Error(`no workerd in the process group ${processGroupId}`);
}

/** Wrangler runs two workerd: its own proxy on the public port, and the Worker on a port of the system's choice (0). */
function isWorkersProcess(pid: string, processGroupId: number): boolean {
  try {
    const afterName = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    const args = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    return Number(afterName[2]) === processGroupId && args.includes("--socket-addr=entry=127.0.0.1:0");
  } catch {
    return false;
  }
}
