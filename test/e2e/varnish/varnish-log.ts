import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { createGroupStop } from "../../local-site/process-group.ts";
import { LEASH } from "../../local-site/wrangler-dev.ts";

export interface VarnishLog {
  /** Waits until a visit with this `X-View` is over, with all that is fetched for it in the background, also behind Images. */
  settled(view: string): Promise<void>;
  stop(): Promise<void>;
}

/** A request that is over: its `X-View`, and how often the Worker asked Images for it. */
interface Done {
  view: string;
  asks: number;
}

/** Follows the log of the Varnish of a folder. A request is logged when its fetches in the background are over. */
export function followLog(folder: string): VarnishLog {
  const filters = ["-I", "ReqHeader:^X-View:", "-I", "BerespHeader:^X-Asked-Images:"];
  const args = [LEASH, "varnishlog", "-n", folder, "-g", "request", ...filters];
  const child = spawn(process.execPath, args, { detached: true, stdio: ["pipe", "pipe", "inherit"] });
  const done: Done[] = [];
  const waiting = new Set<() => void>();
  let group: string[] = [];

  createInterface({ input: child.stdout }).on("line", (line) => {
    // An empty line ends a group: a request, and what was fetched for it.
    if (line !== "") return void group.push(line);
    const view = group.map((each) => /ReqHeader\s+X-View: (.+)$/.exec(each)?.[1]).find((each) => each !== undefined);
    const asks = group.filter((each) => each.includes("X-Asked-Images: once")).length;
    if (view !== undefined) done.push({ view, asks });
    group = [];
    for (const look of waiting) look();
  });

  function isSettled(view: string): boolean {
    const own = done.find((each) => each.view === view);
    return own !== undefined && done.filter((each) => each.view === `${view} of Images`).length >= own.asks;
  }

  async function settled(view: string): Promise<void> {
    await new Promise<void>((resolve) => {
      const look = () => {
        if (!isSettled(view)) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  }

  return { settled, stop: createGroupStop(child) };
}
