import type { ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

const STOP_TIMEOUT_MS = 5_000;

/**
 * Makes the function that ends a detached child with all its children, by force after five seconds.
 * Should this process exit first, the group is killed at once.
 */
export function createGroupStop(child: ChildProcess): () => Promise<void> {
  const killAtExit = () => signalGroup(child, "SIGKILL");
  process.once("exit", killAtExit);
  return async () => {
    await endGroup(child);
    process.removeListener("exit", killAtExit);
  };
}

async function endGroup(child: ChildProcess): Promise<void> {
  signalGroup(child, "SIGTERM");
  const deadline = Date.now() + STOP_TIMEOUT_MS;
  while (signalGroup(child, 0)) {
    if (Date.now() > deadline) signalGroup(child, "SIGKILL");
    await sleep(20);
  }
}

/** Says whether the group still had a process to signal; signal 0 only asks. */
function signalGroup(child: ChildProcess, signal: NodeJS.Signals | 0): boolean {
  if (child.pid === undefined) return false;
  try {
    return process.kill(-child.pid, signal);
  } catch {
    return false;
  }
}
