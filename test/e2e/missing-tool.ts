import { spawnSync } from "node:child_process";

/** Whether tests that need a program must be skipped. It says so, with how to get it; with `CI=true` it is an error. */
export function isMissing(tool: string): boolean {
  if (spawnSync("which", [tool]).status === 0) return false;
  const advice = `${tool} is not installed: get it with apt-get install ${tool}`;
  if (process.env.CI === "true") throw new Error(advice);
  console.warn(`${advice}. Its tests are skipped.`);
  return true;
}
