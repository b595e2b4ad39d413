import { readdir, readFile } from "node:fs/promises";

/** The processes of workerd that this one started: the Worker's, and Wrangler's proxy before it. Linux only. */
export async function findWorkerds(): Promise<number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const ours = await Promise.all(pids.map(async (pid) => ((await isOurWorkerd(pid)) ? [pid] : [])));
  return ours.flat();
}

async function isOurWorkerd(pid: number): Promise<boolean> {
  try {
    // proc(5): the name, in parentheses, then the state and the parent.
    return new RegExp(`^\\d+ \\(workerd\\) \\S ${process.pid} `).test(await readFile(`/proc/${pid}/stat`, "utf8"));
  } catch {
    // It ended while we looked.
    return false;
  }
}
