import { howToSet } from "../setting-kinds.ts";
import { readSettings, SETTINGS, type Settings, type SettingsReading } from "../settings.ts";

/** The names of the Worker's secrets, which stand in `.dev.vars` and are uploaded by a deploy. */
export const SECRETS = SETTINGS.filter(({ isSecret }) => isSecret).map(({ variable }) => variable);

/** The names of the Worker's other settings, which stand in `[vars]` of wrangler.toml. */
export const PLAIN_VARIABLES = SETTINGS.filter(({ isSecret }) => !isSecret).map(({ variable }) => variable);

/** Placeholders for required secrets that are not on this machine, so that the variables can be read. */
export const NO_SECRETS = {
  B2_APPLICATION_KEY_ID: "none",
  B2_APPLICATION_KEY: "none",
  URL_SIGNING_KEYS: "none:there is no key here",
};

/** A stand-in for the KV binding, which a command does not have. */
const NO_TOKENS = { get: async () => null, put: async () => undefined };

/** Reads the variables and secrets on this machine in the same way as the Worker reads its own. */
export function readLocalSettings(
  variables: Record<string, unknown>,
  secrets: Record<string, string>,
): SettingsReading {
  return readSettings({ ...variables, ...secrets, TOKENS: NO_TOKENS });
}

/** The faults of settings, a sentence each: values that do not parse, and names that are probably mistyped. */
export function faultsOf(reading: SettingsReading): string[] {
  const problems = reading.kind === "problems" ? reading.problems : [];
  return [
    ...problems.map(({ name, expected }) => `${name} should hold ${hereInPlaceOfThere(name, expected)}.`),
    ...reading.warnings.map(
      ({ name, nearest }) => `${name} is not a setting. Did you mean ${nearest}? As it is, it has no effect.`,
    ),
  ];
}

/** A deploy uploads the secrets of this machine, and would replace one that was set at Cloudflare. */
function hereInPlaceOfThere(name: string, expected: string): string {
  return expected.replace(howToSet(name), "write it into .dev.vars");
}

/** Returns the settings when they have no fault. Otherwise throws with a sentence for each fault, followed by `ending`. */
export function requireSettings(reading: SettingsReading, ending: string): Settings {
  const faults = faultsOf(reading);
  if (reading.kind === "problems" || faults.length > 0) throw new Error([...faults, ending].join(" "));
  return reading.settings;
}
