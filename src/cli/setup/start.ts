import { readDevVars } from "../dev-vars.ts";
import { NO_SECRETS, readLocalSettings, requireSettings } from "../local-settings.ts";
import { readConfig, type WorkerConfig } from "../wrangler-config.ts";
import { type ImportedSettings, readImportFile } from "./import-file.ts";
import { askAtTerminal, askNobody, type Questions } from "./questions.ts";
import type { SetupArguments } from "./setup-arguments.ts";

/** Everything that is known before the first question. */
export interface Start {
  asked: SetupArguments;
  questions: Questions;
  config: WorkerConfig;
  /** The names and values in `.dev.vars`. */
  stored: Record<string, string>;
  imported: ImportedSettings | undefined;
  apiUrl: string;
}

/** Reads wrangler.toml, `.dev.vars` and the file to import. Throws with one sentence. */
export function readStart(asked: SetupArguments): Start {
  const { CLOUDFLARE_ENV: environment } = process.env;
  // The deploy at the end would choose that environment, as Wrangler does.
  if (environment)
    throw new Error(
      `CLOUDFLARE_ENV is ${environment}, and this sets up the Worker without an environment: unset it first.`,
    );
  const isAtTerminal = process.stdin.isTTY && process.stdout.isTTY && !asked.yes;
  const config = readConfig();
  if (config.problems.length > 0) throw new Error(`${config.problems.join("\n")}\nNothing was written.`);
  const stored = readDevVars(".") ?? {};
  const imported = asked.importFile === undefined ? undefined : readImportFile(asked.importFile);
  for (const note of imported?.notes ?? []) console.log(note);
  const { apiUrl } = requireSettings(readLocalSettings(config.variables, NO_SECRETS), "Nothing was written.");
  const questions = isAtTerminal ? askAtTerminal() : askNobody();
  return { asked, questions, config, stored, imported, apiUrl };
}
