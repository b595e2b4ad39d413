import { readdir, readFile } from "node:fs/promises";

/** Finds the process of a `wrangler dev` that runs the Worker's code. Linux only. */
export async function findWorkerdPid(processGroupId: number): Promise<number> {
  for (const name of await readdir("/proc")) {
    if (/^\d+$/.test(name) && (await runsWorker(name, processGroupId))) return Number(name);
  }
  throw new Error(`no workerd in the process group ${processGroupId}`);
}

/** Wrangler runs two workerd: its own proxy, and the Worker's, which alone can be debugged. */
async function runsWorker(pid: string, processGroupId: number): Promise<boolean> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    // The command's name, in parentheses, may hold spaces: the fields after it are counted.
    const afterName = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const args = (await readFile(`/proc/${pid}/cmdline`, "utf8")).split("\0");
    return Number(afterName[2]) === processGroupId && args.some((arg) => arg.startsWith("--inspector-addr="));
  } catch {
    // It ended while we looked.
    return false;
  }
}
