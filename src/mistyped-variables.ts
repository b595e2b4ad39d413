import { closestMatch } from "leven";

/** As many letters may be missing, too many or wrong: `ALLOWED_REFERRERS`, `PRIVATE_PREFIX`. */
const MOST_LETTERS = 2;

/** A variable that is no setting, and the setting that it resembles. */
export interface MistypedVariable {
  name: string;
  nearest: string;
}

/** The variables whose names, case ignored, are nearly those of settings; an earlier group of settings goes before a later. */
export function findMistyped(env: object, groups: readonly string[][]): MistypedVariable[] {
  return Object.entries(env).flatMap(([name, value]) => {
    if (groups.flat().includes(name) || !isVariable(value)) return [];
    const [nearest] = groups.flatMap(
      (settings) => closestMatch(name.toUpperCase(), settings, { maxDistance: MOST_LETTERS }) ?? [],
    );
    return nearest === undefined ? [] : [{ name, nearest }];
  });
}

/** Text, or JSON: a TOML number, boolean, array or table. A binding is an object of a class of its own. */
function isVariable(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return typeof value !== "function" && value !== undefined;
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
}
