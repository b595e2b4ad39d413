import { SETTINGS } from "../settings.ts";

/**
 * Sentences about settings that stand in a parsed wrangler.toml outside of `[vars]`. A line at the end of the file belongs to
 * its last table, where nobody reads it: a protection would be off, and nothing would say so.
 */
export function misplacedSettings(config: object): string[] {
  return placesOf(config, []).map(({ name, table, isSecret }) => {
    const place = table.length === 0 ? "above the first [table]" : `in [${table.join(".")}]`;
    const [first, environment] = table;
    const variables = first === "env" && environment !== undefined ? `[env.${environment}.vars]` : "[vars]";
    const advice = isSecret ? "write it into the file of secrets" : `move it under ${variables}`;
    return `${name} stands ${place}, where it has no effect: ${advice}.`;
  });
}

interface Place {
  name: string;
  table: string[];
  isSecret: boolean;
}

function placesOf(value: unknown, table: string[]): Place[] {
  if (Array.isArray(value)) return value.flatMap((each) => placesOf(each, table));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const setting = SETTINGS.find(({ variable }) => variable === name);
    if (setting === undefined) return placesOf(inner, [...table, name]);
    return isOfVariables(table) ? placesOf(inner, [...table, name]) : [{ name, table, isSecret: setting.isSecret }];
  });
}

function isOfVariables(table: string[]): boolean {
  return /^(?:vars|env\.[^.]+\.vars)$/.test(table.join("."));
}
