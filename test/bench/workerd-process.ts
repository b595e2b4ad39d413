import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { type WorkerdWorker, workerdConfig } from "./workerd-config.ts";

const START_TIMEOUT_MS = 30_000;

/** A line that the Worker wrote, and when. */
export interface LogLine {
  /** By the clock given at the start. */
  atMs: number;
  text: string;
}

export interface WorkerdOptions extends WorkerdWorker {
  /** The clock for log lines. */
  now?: () => number;
  /** Whether V8's inspector listens too. */
  inspector?: boolean;
}

export interface WorkerdProcess {
  pid: number;
  /** The Worker's port, and the port where any request fires its cron. */
  port: number;
  cronPort: number;
  /** 0 without an inspector. */
  inspectorPort: number;
  /** What the Worker wrote. */
  lines(): LogLine[];
  stop(): Promise<void>;
}

/** Starts a Worker on plain `workerd serve`, without a dev server, and waits until it listens. */
export async function startWorkerd(worker: WorkerdOptions): Promise<WorkerdProcess> {
  const scratch = await mkdtemp(join(tmpdir(), "b2-image-worker-bench-"));
  const configFile = join(scratch, "config.capnp");
  await writeFile(configFile, workerdConfig(worker));
  for (const { name, text } of worker.modules) await writeFile(join(scratch, name), text);
  const { now = () => performance.now(), inspector = false } = worker;
  const flags = ["--experimental", "--control-fd=3", ...(inspector ? ["--inspector-addr=127.0.0.1:0"] : [])];
  const child = spawn(workerdBinary(), ["serve", ...flags, configFile], { stdio: ["ignore", "pipe", "pipe", "pipe"] });
  const lines: LogLine[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (stream !== null) createInterface(stream).on("line", (text) => lines.push({ atMs: now(), text }));
  }
  const stop = createStop(child, scratch);
  try {
    const ports = await readPorts(child, () => lines.map(({ text }) => text).join("\n"));
    return { pid: child.pid ?? 0, ...ports, lines: () => lines, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function workerdBinary(): string {
  const path: unknown = createRequire(import.meta.url)("workerd").default;
  if (typeof path !== "string") throw new Error("the package workerd names no binary");
  return path;
}

type Ports = Pick<WorkerdProcess, "port" | "cronPort" | "inspectorPort">;

/** workerd writes a line of JSON to the control descriptor for each socket that listens, the inspector's before. */
function readPorts(child: ChildProcess, output: () => string): Promise<Ports> {
  return new Promise((resolve, reject) => {
    const control = child.stdio[3] as Readable;
    const ports = new Map<string, number>();
    let text = "";
    const timer = setTimeout(() => reject(new Error(`workerd did not listen:\n${output()}`)), START_TIMEOUT_MS);
    child.once("exit", () => reject(new Error(`workerd ended:\n${output()}`)));
    control.on("data", (chunk) => {
      text += String(chunk);
      for (const [, socket, port] of text.matchAll(/"event":"listen","socket":"(\w+)","port":(\d+)/g)) {
        ports.set(socket ?? "", Number(port));
      }
      const [port, cronPort] = [ports.get("http"), ports.get("cron")];
      if (port === undefined || cronPort === undefined) return;
      clearTimeout(timer);
      const inspectorPort = Number(/"event":"listen-inspector","port":(\d+)/.exec(text)?.[1] ?? 0);
      resolve({ port, cronPort, inspectorPort });
    });
  });
}

const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

function createStop(child: ChildProcess, scratch: string): () => Promise<void> {
  running.add(child);
  const ended = new Promise((resolve) => child.once("exit", resolve));
  return async () => {
    running.delete(child);
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGKILL");
      await ended;
    }
    await rm(scratch, { recursive: true, force: true });
  };
}
