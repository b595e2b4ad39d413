import { readSettings, SETTINGS, type Settings, type SettingsReading } from "../settings.ts";

/** The secrets of the Worker: what `.dev.vars` holds, and what a deploy takes along. */
export const SECRETS = SETTINGS.filter(({ isSecret }) => isSecret).map(({ variable }) => variable);

/** What stands in `[vars]` of wrangler.toml. */
export const VARIABLES = SETTINGS.filter(({ isSecret }) => !isSecret).map(({ variable }) => variable);

/** Stand in for secrets that are not here, so that the variables can be read. */
export const NO_SECRETS = {
  B2_APPLICATION_KEY_ID: "none",
  B2_APPLICATION_KEY: "none",
  URL_SIGNING_KEYS: "none:there is no key here",
};

/** The binding that the Worker has and a command has not. */
const NO_TOKENS = { get: async () => null, put: async () => undefined };

/** Reads variables and secrets of this machine just as the Worker reads its own. */
export function readLocalSettings(
  variables: Record<string, unknown>,
  secrets: Record<string, string>,
): SettingsReading {
  return readSettings({ ...variables, ...secrets, TOKENS: NO_TOKENS });
}

/** What is wrong with settings, a sentence each: those that do not parse, and names that are nearly those of others. */
export function faultsOf(reading: SettingsReading): string[] {
  const problems = reading.kind === "problems" ? reading.problems : [];
  return [
    ...problems.map(({ name, expected }) => `${name} should hold ${expected}.`),
    ...reading.warnings.map(
      ({ name, nearest }) => `${name} is not a setting. Did you mean ${nearest}? As it is, it has no effect.`,
    ),
  ];
}

/** The settings, when nothing about them is wrong. Throws with a sentence for each fault, and then `ending`. */
export function requireSettings(reading: SettingsReading, ending: string): Settings {
  const faults = faultsOf(reading);
  if (reading.kind === "problems" || faults.length > 0) throw new Error([...faults, ending].join(" "));
  return reading.settings;
}
