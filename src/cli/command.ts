import { resolve } from "node:path";
import { type ParseArgsConfig, parseArgs } from "node:util";

/** Something on the command line is missing or wrong: the command ends with exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** A person said no, or pressed Ctrl-C: the command ends with exit code 130, as shells have it. */
export class Cancelled extends Error {
  override readonly name = "Cancelled";
}

/** Runs a command of this folder. `run` gives the exit code; an error is shown as its sentence, without a stack. */
export async function runCommand(run: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await run();
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = exitCodeOf(error);
  }
}

/** `parseArgs` of Node with an error of one sentence. Throws `UsageError`. `script` is the npm script's name. */
export function readArguments<T extends ParseArgsConfig>(script: string, config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    // Node goes on about dashes for several lines.
    const [what = ""] = error instanceof Error ? error.message.split(/\. |\n/) : [];
    throw new UsageError(`${what.replace(/\.$/, "")}; npm run ${script} -- --help shows what there is.`);
  }
}

/** A file as the person means it: npm runs scripts in the project's folder, and keeps the person's own here. */
export function fromOwnFolder(file: string): string {
  return resolve(process.env.INIT_CWD ?? ".", file);
}

function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return 2;
  return error instanceof Cancelled ? 130 : 1;
}
