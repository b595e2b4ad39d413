import { spawnSync } from "node:child_process";

/**
 * Whether tests that need a program must be skipped. It says so, with Debian's package to get; with `CI=true` it is an error.
 */
export function isMissing(tool: string, packageName = tool): boolean {
  if (spawnSync("which", [tool]).status === 0) return false;
  const advice = `${tool} is not installed: get it with apt-get install ${packageName}`;
  if (process.env.CI === "true") throw new Error(advice);
  console.warn(`${advice}. Its tests are skipped.`);
  return true;
}
