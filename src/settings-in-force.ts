import { type Env, SETTINGS } from "./settings.ts";

/** A setting as the owner sees it. */
export interface SettingInForce {
  name: string;
  /** As it was written; of a secret only whether it is set, and "" for a setting that is off. */
  value: string;
  isDefault: boolean;
  isSecret: boolean;
}

/** Every setting with its value, for the owner; never a secret. */
export function settingsInForce(env: Env): SettingInForce[] {
  return SETTINGS.map(({ variable: name, fallback, isSecret }) => {
    const text = textOf(env[name]);
    const isDefault = text === "";
    if (isSecret) return { name, value: isDefault ? "not set" : "set", isDefault, isSecret };
    return { name, value: isDefault ? fallback : text, isDefault, isSecret };
  });
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value).trim();
}
