import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** What the origin was asked for since it started. */
export interface OriginCounts {
  downloads: number;
  apiCalls: number;
  kvReads: number;
  kvWrites: number;
}

export type OriginMessage = "counts" | "forget-kv";

export interface Origin {
  pid: number;
  b2Port: number;
  kvPort: number;
  counts(): Promise<OriginCounts>;
  /** Empties the KV namespace, so that the next cold Worker has to mint. */
  forgetKv(): Promise<void>;
  stop(): void;
}

/** Starts the origin in a process of its own, so that its CPU time is nobody else's. */
export async function startOrigin(): Promise<Origin> {
  const child = fork(fileURLToPath(new URL("origin.ts", import.meta.url)), { stdio: "inherit" });
  const [ports] = (await once(child, "message")) as [{ b2Port: number; kvPort: number }];
  return {
    pid: child.pid ?? 0,
    ...ports,
    counts: () => ask(child, "counts"),
    forgetKv: async () => {
      await ask(child, "forget-kv");
    },
    stop: () => child.disconnect(),
  };
}

async function ask(child: ChildProcess, message: OriginMessage): Promise<OriginCounts> {
  const answer = once(child, "message");
  child.send(message);
  const [counts] = (await answer) as [OriginCounts];
  return { ...counts };
}
