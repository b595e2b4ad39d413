import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** What wrangler.toml has commented out for presets: the Images binding, and two presets. */
const COMMENTED_OUT = /^# (?=\[images\]|binding = "IMAGES"|\[vars\.IMAGE_PRESETS\]|\w+ = \{ width)/gm;

/**
 * Writes a copy of wrangler.toml in which presets are switched on as its owner would do it, by taking the # off their lines,
 * and gives its path.
 */
export async function writeConfigWithPresets(projectDir: string, scratch: string): Promise<string> {
  const config = await readFile(join(projectDir, "wrangler.toml"), "utf8");
  const lines = config.match(COMMENTED_OUT)?.length ?? 0;
  if (lines !== 5) throw new Error(`wrangler.toml has ${lines} lines about presets in place of 5`);
  const main = JSON.stringify(join(projectDir, "src/index.ts"));
  const path = join(scratch, "wrangler.toml");
  await writeFile(path, config.replace(COMMENTED_OUT, "").replace('"src/index.ts"', main));
  return path;
}
