import { existsSync } from "node:fs";
import { isListed } from "../../access/listed-prefix.ts";
import { isPrivate } from "../../access/private-prefix.ts";
import type { SigningKey } from "../../access/signed-url.ts";
import type { Settings } from "../../settings.ts";
import { devVarsName, readDevVars } from "../dev-vars.ts";
import { faultsOf, NO_SECRETS, readLocalSettings } from "../local-settings.ts";
import { readConfig, type WorkerConfig } from "../wrangler-config.ts";

/** The signing key and settings on this machine of the site that a link is for. */
export interface SignedSite {
  key: SigningKey;
  settings: Settings;
  /** undefined outside the project's folder. */
  config: WorkerConfig | undefined;
  /** A note for the person when another key than that of the file of secrets signs. */
  note?: string;
}

/** Reads the first signing key, and the site's settings in wrangler.toml. Throws with one sentence. */
export function readSignedSite(environment: string | undefined): SignedSite {
  const config = existsSync("wrangler.toml") || environment !== undefined ? readConfig(environment) : undefined;
  const problems = config?.problems ?? [];
  if (problems.length > 0) throw new Error(problems.join("\n"));
  // An empty variable counts as missing.
  const ofShell = process.env.URL_SIGNING_KEYS || undefined;
  const ofFile = readDevVars(".", environment)?.URL_SIGNING_KEYS || undefined;
  const text = ofShell ?? ofFile ?? "";
  if (text.trim() === "") {
    const file = devVarsName(environment);
    throw new Error(
      `URL_SIGNING_KEYS is not set, neither in the environment nor in ${file}. Make a key: echo "URL_SIGNING_KEYS=k1:$(openssl rand -base64 32)" >> ${file}`,
    );
  }
  // Signing does not need the application key.
  const secrets = { ...NO_SECRETS, URL_SIGNING_KEYS: text };
  const reading = readLocalSettings(config?.variables ?? {}, secrets);
  if (reading.kind === "problems") throw new Error(faultsOf(reading).join(" "));
  const [key] = reading.settings.signingKeys;
  if (key === undefined) throw new Error("URL_SIGNING_KEYS has no key.");
  const site = { key, settings: reading.settings, config };
  // A deploy uploads the keys of the file, whatever the shell has exported.
  if (ofShell === undefined || ofFile === undefined || ofShell === ofFile) return site;
  return {
    ...site,
    note: `Signed with URL_SIGNING_KEYS of the shell, not with that of ${devVarsName(environment)}.`,
  };
}

/** Notes for the person who makes a link, about anything odd in its path or preset; none outside the project's folder. */
export function notesOnLink(
  { settings, config }: SignedSite,
  { path, preset }: { path: string; preset: string },
): string[] {
  if (config === undefined) return [];
  return [
    ...noteOnPath(path, settings),
    ...(preset === "" || settings.presets.has(preset)
      ? []
      : [`There is no image preset «${preset}» in IMAGE_PRESETS of wrangler.toml.`]),
  ];
}

function noteOnPath(path: string, settings: Settings): string[] {
  if (path === "") return ["The link opens every folder of the site and what is in it, private ones too."];
  const isOpen = path.endsWith("/") ? isListed(path, settings.listedPrefixes) : true;
  return isPrivate(path, settings) || !isOpen
    ? []
    : [`No folder of PRIVATE_PREFIXES in wrangler.toml holds ${path}: it opens without a link too.`];
}
