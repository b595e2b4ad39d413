import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { devVarsName, readDevVars } from "../dev-vars.ts";
import { PLAIN_VARIABLES, SECRETS } from "../local-settings.ts";
import { makeScratch } from "../wrangler-command.ts";

export interface DeploySecrets {
  /** The secrets to upload. */
  secrets: Record<string, string>;
  /** Names in the file that the Worker does not know. They are not uploaded. */
  leftOut: string[];
  /** All names and values in the file, to check the settings with. */
  all: Record<string, string>;
}

/** Reads the secrets to deploy from the environment's own file. Throws with one sentence when it is not complete. */
export function readDeploySecrets(folder: string, environment: string | undefined): DeploySecrets {
  const file = devVarsName(environment);
  const all = readDevVars(folder, environment);
  if (all === undefined) throw new Error(missingFile(file, environment));
  const needed = ["B2_APPLICATION_KEY_ID", "B2_APPLICATION_KEY"].filter((name) => all[name] === undefined);
  if (needed.length > 0) throw new Error(`${file} has no line for ${needed.join(" and ")}. Write it in.`);
  const empty = SECRETS.filter((name) => all[name]?.trim() === "");
  if (empty.length > 0) {
    const [is, it] = empty.length === 1 ? ["is", "it"] : ["are", "them"];
    throw new Error(`${file}: ${empty.join(" and ")} ${is} empty. Fill ${it} in, or put a # in front if not needed.`);
  }
  const variables = PLAIN_VARIABLES.filter((name) => all[name] !== undefined);
  if (variables.length > 0) {
    throw new Error(
      `${file}: ${variables.join(" and ")} is not a secret. Write it into [vars] of wrangler.toml instead.`,
    );
  }
  return {
    secrets: Object.fromEntries(SECRETS.flatMap((name) => (all[name] === undefined ? [] : [[name, all[name]]]))),
    leftOut: Object.keys(all).filter((name) => !SECRETS.includes(name)),
    all,
  };
}

/** Writes secrets to a file that only this user can read. As JSON, since variables of the shell override a dotenv file. */
export function writeSecretsFile(secrets: Record<string, string>): string {
  const file = join(makeScratch(), "secrets.json");
  writeFileSync(file, JSON.stringify(secrets), { mode: 0o600 });
  return file;
}

function missingFile(file: string, environment: string | undefined): string {
  return environment === undefined
    ? `There is no ${file} here. Run npm run setup, or copy .dev.vars.example to ${file} and fill it in.`
    : `There is no ${file} here, and no other file holds secrets for --env ${environment}. Copy .dev.vars.example to ${file} and fill it in.`;
}
