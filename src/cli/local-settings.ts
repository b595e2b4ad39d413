import { type Env, readSettings, SETTING_NAMES, type SettingsReading } from "../settings.ts";

/** The secrets of the Worker: what `.dev.vars` holds, and what a deploy takes along. */
export const SECRETS = ["B2_APPLICATION_KEY_ID", "B2_APPLICATION_KEY", "URL_SIGNING_KEYS", "ALERT_WEBHOOK_URL"];

/** What stands in `[vars]` of wrangler.toml. */
export const VARIABLES = SETTING_NAMES.filter((name) => !SECRETS.includes(name));

/** Stand in for secrets that are not here, so that the variables can be read. */
export const NO_SECRETS = {
  B2_APPLICATION_KEY_ID: "none",
  B2_APPLICATION_KEY: "none",
  URL_SIGNING_KEYS: "none:there is no key here",
};

/** Reads variables and secrets of this machine just as the Worker reads its own. */
export function readLocalSettings(
  variables: Record<string, unknown>,
  secrets: Record<string, string>,
): SettingsReading {
  // The Worker's own check of every value comes next; no command asks for the binding.
  return readSettings({ ...variables, ...secrets, TOKENS: {} } as Env);
}

/** One sentence for settings that do not parse. Values stand in none of them. */
export function sentenceOfProblems(problems: readonly { name: string; expected: string }[]): string {
  return problems.map(({ name, expected }) => `${name} should hold ${expected}.`).join(" ");
}
