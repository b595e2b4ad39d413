import { execFile } from "node:child_process";
import { join } from "node:path";
import { NODE_ARGUMENTS } from "./node-arguments.ts";

export const SECRET = "a secret of these tests alone";
export const KEYS = `k2:${SECRET},k1:an older secret of these tests`;

const SCRIPT = join(import.meta.dirname, "../../src/cli/sign.ts");

export interface Outcome {
  exitCode: number;
  stdout: string;
  stderr: string;
}

export interface Place {
  cwd?: string;
  /** undefined: as if it were not set. */
  keys?: string | undefined;
  env?: Record<string, string>;
}

function start(program: string, args: string[], { cwd, keys, env: more }: Place): Promise<Outcome> {
  const { URL_SIGNING_KEYS: _, ...environment } = process.env;
  const env = { ...environment, ...(keys !== undefined && { URL_SIGNING_KEYS: keys }), ...more };
  return new Promise((resolve) => {
    execFile(program, args, { env, cwd, encoding: "utf8" }, (error, stdout, stderr) => {
      resolve({ exitCode: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
    });
  });
}

/** As a person runs it. `beforeDashes`: what npm takes for its own options. */
export function npmRunSign(
  args: string[],
  place: Place = { keys: KEYS },
  beforeDashes: string[] = [],
): Promise<Outcome> {
  return start("npm", ["run", "--silent", "sign", ...beforeDashes, "--", ...args], place);
}

/** The same program without npm: sooner, and in another folder. */
export function sign(args: string[], place: Place = { keys: KEYS }): Promise<Outcome> {
  return start(process.execPath, [...NODE_ARGUMENTS, SCRIPT, ...args], place);
}
