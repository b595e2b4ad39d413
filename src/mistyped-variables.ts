import { closestMatch } from "leven";

/** As many letters may be missing, too many or wrong: `ALLOWED_REFERRERS`, `PRIVATE_PREFIX`. */
const MOST_LETTERS = 2;

/** A variable that is no setting, and the setting that it resembles. */
export interface MistypedVariable {
  name: string;
  nearest: string;
}

/** The variables whose names, case ignored, are nearly those of settings. */
export function findMistyped(env: object, settings: readonly string[]): MistypedVariable[] {
  return Object.entries(env).flatMap(([name, value]) => {
    if (settings.includes(name) || !isVariable(value)) return [];
    const nearest = closestMatch(name.toUpperCase(), settings, { maxDistance: MOST_LETTERS });
    return nearest === undefined ? [] : [{ name, nearest }];
  });
}

/** Text, or JSON: a TOML number, boolean, array or table. A binding is an object of a class of its own. */
function isVariable(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return typeof value !== "function" && value !== undefined;
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
}
