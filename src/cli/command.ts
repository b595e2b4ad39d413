import { resolve } from "node:path";
import { type ParseArgsConfig, parseArgs } from "node:util";

/** Something on the command line is missing or wrong: the exit code is 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The person pressed Ctrl-C or Escape at a question: the exit code is 130, as shells use it. */
export class Cancelled extends Error {
  override readonly name = "Cancelled";
}

/** Runs one of the owner's commands. `run` gives the exit code. Of an error only the message is shown, without a stack. */
export async function runCommand(run: () => Promise<number>): Promise<void> {
  process.stdout.on("error", endQuietly);
  try {
    process.exitCode = await run();
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = exitCodeOf(error);
  }
}

/** Ends when nobody reads on, as behind `| head`, with the exit code of shells for it. */
function endQuietly(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
  process.exit(141);
}

/** Node's `parseArgs` with an error message of one sentence. `script` is the npm script's name. Throws `UsageError`. */
export function readArguments<T extends ParseArgsConfig>(script: string, config: T): ReturnType<typeof parseArgs<T>> {
  refuseTakenByNpm(script, config.options ?? {}, process.env);
  try {
    return parseArgs(config);
  } catch (error) {
    // Node's message goes on with advice about dashes.
    const [what = ""] = error instanceof Error ? error.message.split(/\. |\n/) : [];
    throw new UsageError(`${what.replace(/\.$/, "")}; npm run ${script} -- --help lists the options.`);
  }
}

/** Options that npm has a use for, and may find in its own configuration. */
const OPTIONS_OF_NPM = ["prefix", "yes", "version", "help"];

/**
 * Throws `UsageError` when an option of this command stood before the two dashes. npm keeps such an option to itself, and
 * tells of it in the environment alone: `npm run deploy --dry-run` would be a real deploy.
 */
export function refuseTakenByNpm(
  script: string,
  options: NonNullable<ParseArgsConfig["options"]>,
  env: NodeJS.ProcessEnv,
): void {
  // Setup runs other commands in its own process, and those options were not meant for them.
  if (env.npm_lifecycle_event !== script) return;
  for (const [name, { type }] of Object.entries(options)) {
    const value = env[`npm_config_${name.replaceAll("-", "_")}`];
    if (value === undefined || OPTIONS_OF_NPM.includes(name)) continue;
    // npm writes false as an empty text.
    const flag = value === "" && type === "boolean" ? `--no-${name}` : `--${name}`;
    throw new UsageError(`npm took ${flag} for itself. Write two dashes first: npm run ${script} -- ${flag}`);
  }
}

/** The environment of wrangler.toml that the shell chooses, as it does for Wrangler. */
export function environmentOfShell(env: NodeJS.ProcessEnv = process.env): string | undefined {
  return env.CLOUDFLARE_ENV || undefined;
}

/** Resolves a file name against the folder in which the person typed the command: npm runs scripts in the project's folder. */
export function fromOwnFolder(file: string): string {
  return resolve(process.env.INIT_CWD ?? ".", file);
}

function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return 2;
  return error instanceof Cancelled ? 130 : 1;
}
