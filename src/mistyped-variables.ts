import { closestMatch } from "leven";

/** How many letters may be missing, added or wrong: `ALLOWED_REFERRERS`, `PRIVATE_PREFIX`. */
const MOST_LETTERS = 2;

/** A variable that is not a setting, and the setting whose name it resembles. */
export interface MistypedVariable {
  name: string;
  nearest: string;
}

/** The variables whose names, ignoring case, are almost the names of settings. */
export function findMistyped(env: object, settings: readonly string[]): MistypedVariable[] {
  return Object.entries(env).flatMap(([name, value]) => {
    if (settings.includes(name) || !isVariable(value)) return [];
    const nearest = closestMatch(name.toUpperCase(), settings, { maxDistance: MOST_LETTERS });
    return nearest === undefined ? [] : [{ name, nearest }];
  });
}

/** Whether a value of `env` is a variable (text, or a TOML number, boolean, array or table) and not a binding, which is an object of its own class. */
function isVariable(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return typeof value !== "function" && value !== undefined;
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
}
