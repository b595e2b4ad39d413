import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { PROJECT_DIR } from "../project-dir.ts";

/** Runs the job of wrangler.toml's cron once, at a Worker that Wrangler runs; 200 when it succeeded, 500 when it threw. */
export async function fireCron(url: string): Promise<Response> {
  const config = await readFile(join(PROJECT_DIR, "wrangler.toml"), "utf8");
  const cron = /^crons = \["([^"]+)"/m.exec(config)?.[1];
  if (cron === undefined) throw new Error("wrangler.toml names no cron");
  return await fetch(`${url}/cdn-cgi/local/scheduled?${new URLSearchParams({ cron, format: "json" })}`);
}
