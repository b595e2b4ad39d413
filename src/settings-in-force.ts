import { type Env, SETTINGS } from "./settings.ts";

/** A setting as it is shown to the owner. */
export interface SettingInForce {
  name: string;
  /** The value as it was written; "" for a setting that is off. For a secret only whether it is set. */
  value: string;
  isDefault: boolean;
  isSecret: boolean;
}

/** Every setting with its value, for the owner. The values of secrets are left out. */
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
