import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { PROJECT_DIR } from "../project-dir.ts";

/** What `wrangler deploy` would upload. */
export interface Bundle {
  /** The module's text. */
  text: string;
  rawBytes: number;
  gzipBytes: number;
  compatibilityDate: string;
  compatibilityFlags: string[];
}

/**
 * Builds the production bundle into a folder, by wrangler itself, without the network. `minify: false` keeps the names of
 * functions, for a profile.
 */
export async function buildBundle(outDir: string, { minify = true } = {}): Promise<Bundle> {
  const wrangler = join(PROJECT_DIR, "node_modules/wrangler/bin/wrangler.js");
  const args = [wrangler, "deploy", "--dry-run", "--outdir", outDir, ...(minify ? [] : ["--no-minify"])];
  const env = { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_HIDE_BANNER: "true" };
  await promisify(execFile)(process.execPath, args, { cwd: PROJECT_DIR, env });
  const text = await readFile(join(outDir, "index.js"), "utf8");
  const config = await readFile(join(PROJECT_DIR, "wrangler.toml"), "utf8");
  return {
    text,
    rawBytes: Buffer.byteLength(text),
    gzipBytes: gzipSync(text).length,
    compatibilityDate: /^compatibility_date = "([^"]+)"/m.exec(config)?.[1] ?? "",
    compatibilityFlags: /^compatibility_flags = \[([^\]]*)\]/m.exec(config)?.[1]?.match(/[\w-]+/g) ?? [],
  };
}
