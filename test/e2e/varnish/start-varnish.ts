import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { createGroupStop } from "../../local-site/process-group.ts";
import { LEASH } from "../../local-site/wrangler-dev.ts";
import { isMissing } from "../missing-tool.ts";
import { followLog, type VarnishLog } from "./varnish-log.ts";

const run = promisify(execFile);
const VCL = new URL("workers-cache.vcl", import.meta.url);
const CLOCK_FILE = "clock";
const MOST_TRIES = 5;

export interface Varnish {
  /** The caches of the two entrypoints, each at a port of its own. Without a slash at the end. */
  publicUrl: string;
  imagesUrl: string;
  log: VarnishLog;
  /** Stands in front of a Worker from now on. */
  standBefore(workerUrl: string): Promise<void>;
  /** Its clock is ours and so much; it must not go back. */
  setClock(offsetMs: number): Promise<void>;
  stop(): Promise<void>;
}

/** Whether tests with Varnish must be skipped. */
export function isVarnishMissing(): boolean {
  // Both are named, should both be missing.
  return [isMissing("varnishd", "varnish"), isMissing("faketime")].includes(true);
}

/** Starts Varnish on free ports, with a clock that can be moved on from where it is set now. */
export async function startVarnish(clockOffsetMs = 0): Promise<Varnish> {
  const folder = await mkdtemp(join(tmpdir(), "b2-image-worker-varnish-"));
  const setClock = async (offsetMs: number) => {
    const next = join(folder, `${CLOCK_FILE}.next`);
    await writeFile(next, `${offsetMs < 0 ? "" : "+"}${offsetMs / 1000}\n`);
    // A reader finds either the old or the new one.
    await rename(next, join(folder, CLOCK_FILE));
  };
  await setClock(clockOffsetMs);
  const child = await inSpiteOfFaketime(() => startChild(folder));
  const stopGroup = createGroupStop(child);
  const log = followLog(folder);
  const { stdout } = await varnishadm(folder, "debug.listen_address");
  const urlOf = (name: string) =>
    `http://127.0.0.1:${new RegExp(`^${name} 127\\.0\\.0\\.1 (\\d+)$`, "m").exec(stdout)?.[1]}`;
  return {
    publicUrl: urlOf("default"),
    imagesUrl: urlOf("images"),
    log,
    setClock,
    standBefore: async (workerUrl) => {
      const vcl = join(folder, "workers-cache.vcl");
      await writeFile(vcl, (await readFile(VCL, "utf8")).replace("@WORKER_PORT@", new URL(workerUrl).port));
      await inSpiteOfFaketime(() => varnishadm(folder, "vcl.load", "workers-cache", vcl));
      await varnishadm(folder, "vcl.use", "workers-cache");
    },
    stop: async () => {
      await log.stop();
      await stopGroup();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Programs that varnishd runs share a semaphore of libfaketime's with it, and now and then one ends it under the next
 * («sem_open failed and recreation attempts failed»). Then it is done again.
 */
async function inSpiteOfFaketime<Result>(start: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await start();
    } catch (error) {
      if (tries === MOST_TRIES || !String(error).includes("libfaketime")) throw error;
    }
  }
}

async function startChild(folder: string): Promise<ChildProcess> {
  const child = spawnVarnishd(folder);
  await untilReady(child);
  return child;
}

function spawnVarnishd(folder: string): ChildProcess {
  const listen = ["-a", "default=127.0.0.1:0", "-a", "images=127.0.0.1:0"];
  // As whoever runs the tests, without a file to listen for, in memory; gzip would change what the Worker said.
  const args = [
    "-F",
    "-j",
    "none",
    "-n",
    folder,
    ...listen,
    "-b",
    "none",
    "-s",
    "malloc,64m",
    "-p",
    "http_gzip_support=off",
    // The compiler is five programs that need no other clock.
    "-p",
    "cc_command=unset LD_PRELOAD; %D",
  ];
  return spawn(process.execPath, [LEASH, "env", ...movableClock(folder), "varnishd", ...args], {
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
}

/** libfaketime reads the offset from a file, each time. It does not get along with the malloc that varnishd is linked to. */
function movableClock(folder: string): string[] {
  const places = readdirSync("/usr/lib").map((name) => join("/usr/lib", name, "faketime/libfaketimeMT.so.1"));
  const library = places.find((path) => existsSync(path));
  return [
    `LD_PRELOAD=${library}:libc.so.6`,
    `FAKETIME_TIMESTAMP_FILE=${join(folder, CLOCK_FILE)}`,
    "FAKETIME_NO_CACHE=1",
    "FAKETIME_DONT_FAKE_MONOTONIC=1",
  ];
}

async function untilReady(child: ChildProcess): Promise<void> {
  const output: string[] = [];
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on("line", (line) => {
        output.push(line);
        if (line.includes("Child starts")) resolve();
      });
    }
    child.once("exit", () => reject(new Error(`varnishd did not start:\n${output.join("\n")}`)));
  });
}

/** Throws with what varnishd said. */
async function varnishadm(folder: string, ...command: string[]): Promise<{ stdout: string }> {
  try {
    return await run("varnishadm", ["-n", folder, ...command]);
  } catch (error) {
    const said = error instanceof Error && "stdout" in error ? error.stdout : "";
    throw new Error(`varnishadm ${command.join(" ")}: ${said}`, { cause: error });
  }
}
