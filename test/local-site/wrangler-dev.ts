import { type ChildProcess, spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { PROJECT_DIR } from "../project-dir.ts";
import { copyConfig } from "./config-copy.ts";

const WRANGLER = join(PROJECT_DIR, "node_modules/wrangler/bin/wrangler.js");
const READY_TIMEOUT_MS = 60_000;
export const LEASH = fileURLToPath(new URL("leash.ts", import.meta.url));

export interface WranglerDev {
  /** 0 takes any free one. */
  port: number;
  /** Variables and secrets of the Worker. A `.dev.vars` of the user is not read. */
  vars: Record<string, string>;
  /** The secrets that wrangler.toml requires: `--var` alone would make wrangler warn that they are missing. */
  requiredSecrets: Record<string, string>;
  /** A folder of this run alone, for all that wrangler writes. */
  scratch: string;
}

/** Spawns `wrangler dev`, with the presets of wrangler.toml switched on, as the leader of a process group, with its output piped. */
export async function spawnWranglerDev(options: WranglerDev): Promise<ChildProcess> {
  const { port, vars, requiredSecrets, scratch } = options;
  // With an --env-file, even an empty one, wrangler reads neither .dev.vars nor .env.
  const envFile = join(scratch, "empty.env");
  await writeFile(envFile, "");
  const args = ["dev", "--port", String(port), "--ip", "127.0.0.1", "--inspector-port", "0", "--env-file", envFile];
  args.push("--persist-to", join(scratch, "state"), "--show-interactive-dev-session=false");
  args.push("--config", await copyConfig(scratch, { presets: true }));
  for (const [name, value] of Object.entries(vars)) args.push("--var", `${name}:${value}`);
  return spawn(process.execPath, [LEASH, process.execPath, WRANGLER, ...args], {
    cwd: PROJECT_DIR,
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, ...requiredSecrets, ...quietEnvironment(scratch) },
  });
}

/** Keeps wrangler quiet, off the network and out of the user's own folders. */
export function quietEnvironment(scratch: string): Record<string, string> {
  return {
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_SEND_ERROR_REPORTS: "false",
    // The banner looks for a newer version at the npm registry.
    WRANGLER_HIDE_BANNER: "true",
    // Otherwise it asks Cloudflare where this machine is, to fill in `request.cf`.
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
    CLOUDFLARE_LOAD_DEV_VARS_FROM_DOT_ENV: "true",
    WRANGLER_LOG: "log",
    WRANGLER_LOG_PATH: join(scratch, "logs"),
    WRANGLER_REGISTRY_PATH: join(scratch, "registry"),
    XDG_CONFIG_HOME: join(scratch, "config"),
    FORCE_COLOR: "0",
  };
}

interface Wait {
  child: ChildProcess;
  output: () => string;
  signal: AbortSignal;
}

/** Gives the URL that wrangler announces once the first build runs; throws with its output when it does not. */
export async function waitUntilReady({ child, output, signal }: Wait): Promise<string> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (Date.now() < deadline && !signal.aborted && child.exitCode === null && child.signalCode === null) {
    const all = output();
    const url = /Ready on (http:\/\/[\w.:]+)/.exec(all)?.[1];
    if (url !== undefined) return url;
    if (all.includes("Build failed")) break;
    await sleep(25);
  }
  throw new Error(`The Worker did not start under wrangler dev:\n${output()}`);
}
