import { spawnSync } from "node:child_process";

/** Debian's own, which finds Debian's packages. */
export const DEBIAN_PYTHON = "/usr/bin/python3";

/** Whether tests that need a program must be skipped. It says so, with Debian's package to get; with `CI=true` it is an error. */
export function isMissing(tool: string, debianPackage = tool): boolean {
  return mustSkip(debianPackage, spawnSync("which", [tool]).status === 0);
}

/** The same for a module of Debian's Python. `debianPackage` is where it is. */
export function isPythonModuleMissing(module: string, debianPackage: string): boolean {
  return mustSkip(debianPackage, spawnSync(DEBIAN_PYTHON, ["-c", `import ${module}`]).status === 0);
}

function mustSkip(debianPackage: string, isThere: boolean): boolean {
  if (isThere) return false;
  const advice = `${debianPackage} is not installed: get it with apt-get install ${debianPackage}`;
  if (process.env.CI === "true") throw new Error(advice);
  console.warn(`${advice}. Its tests are skipped.`);
  return true;
}
