import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PROJECT_DIR } from "../project-dir.ts";

/** What wrangler.toml has commented out for presets: the Images binding, and two presets. */
const ABOUT_PRESETS = /^# (?=\[images\]|binding = "IMAGES"|\[vars\.IMAGE_PRESETS\]|\w+ = \{ width)/gm;

export interface ConfigChanges {
  /** Whether presets are switched on as the owner would do it, by taking the # off their lines (false). */
  presets?: boolean;
  /** Another entry than that of wrangler.toml, from the project's folder. */
  entry?: string;
  /** Lines beside those of wrangler.toml. */
  lines?: string;
}

/** Writes a changed copy of wrangler.toml into a folder of this run alone, and gives its path. */
export async function copyConfig(scratch: string, changes: ConfigChanges = {}): Promise<string> {
  const { presets = false, entry = "src/index.ts", lines = "" } = changes;
  const config = await readFile(join(PROJECT_DIR, "wrangler.toml"), "utf8");
  const main = `main = ${JSON.stringify(join(PROJECT_DIR, entry))}`;
  const changed = (presets ? withPresets(config) : config).replace(/^main = .*$/m, main);
  const path = join(scratch, "wrangler.toml");
  await writeFile(path, `${changed}\n${lines}\n`);
  return path;
}

/** Switches the presets of a wrangler.toml on. An owner who has done so already keeps those that are on. */
export function withPresets(config: string): string {
  return /^\[images\]/m.test(config) ? config : config.replace(ABOUT_PRESETS, "");
}
