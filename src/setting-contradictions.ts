import { isHidden } from "./access/listed-prefix.ts";
import { isPrivate, type PrivateRules } from "./access/private-prefix.ts";

/** A setting that does not parse or contradicts another: its name and what it should hold, never its value. */
export interface SettingProblem {
  name: string;
  expected: string;
}

/** The settings that can contradict each other. */
interface Checked extends PrivateRules {
  signingKeys: readonly unknown[];
  notFoundFile: string | undefined;
  listedPrefixes: readonly string[];
  presets: { size: number };
}

/** Problems with settings that are right one by one, but contradict each other or need a binding that is missing. */
export function contradictionsOf(settings: Checked, env: { IMAGES?: unknown }): SettingProblem[] {
  const { privatePrefixes, signingKeys, notFoundFile, listedPrefixes, presets } = settings;
  if (privatePrefixes.length > 0 && signingKeys.length === 0) {
    const expected =
      "at least one id:secret, since PRIVATE_PREFIXES is set (make a secret with: openssl rand -base64 32)";
    return [{ name: "URL_SIGNING_KEYS", expected }];
  }
  if (notFoundFile !== undefined && isPrivate(notFoundFile, settings)) {
    return [{ name: "NOT_FOUND_FILE", expected: "a file outside PRIVATE_PREFIXES, since everybody gets to see it" }];
  }
  if (listedPrefixes.some((folder) => isPrivate(folder, settings))) {
    const expected = "folders outside PRIVATE_PREFIXES, since a private one is never listed";
    return [{ name: "LISTED_PREFIXES", expected }];
  }
  if (listedPrefixes.some(isHidden)) {
    const expected = "folders without a leading dot in any part, since those are never listed";
    return [{ name: "LISTED_PREFIXES", expected }];
  }
  if (presets.size > 0 && env.IMAGES === undefined) {
    const expected =
      "nothing while wrangler.toml has no Images binding: take the # off its two lines, [images] and binding, too";
    return [{ name: "IMAGE_PRESETS", expected }];
  }
  return [];
}
