import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parseEnv } from "node:util";
import { SECRETS } from "./local-settings.ts";

/** The file of an environment's secrets: `.dev.vars`, or `.dev.vars.NAME` for `--env NAME`. */
export function devVarsName(environment: string | undefined): string {
  return environment === undefined ? ".dev.vars" : `.dev.vars.${environment}`;
}

/**
 * The names and values of a file of secrets in `folder`, or undefined when there is no such file. Throws when a line was
 * appended to one without a line end.
 */
export function readDevVars(folder: string, environment?: string): Record<string, string> | undefined {
  const file = join(folder, devVarsName(environment));
  if (!existsSync(file)) return undefined;
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(parseEnv(readSecretText(file)))) values[name] = value ?? "";
  requireOwnLines(values, basename(file));
  return values;
}

/** `echo "NAME=…" >> .dev.vars` makes one line of two when the file has no line end at its end. */
function requireOwnLines(values: Record<string, string>, fileName: string): void {
  for (const [name, value] of Object.entries(values)) {
    // Longer names first: one may be the end of another.
    const other = SECRETS.toSorted((a, b) => b.length - a.length).find(
      (each) => each !== name && value.includes(`${each}=`),
    );
    if (other === undefined) continue;
    throw new Error(`${fileName}: the value of ${name} holds another line, ${other}=…: put a line end between them.`);
  }
}

/** The text of a file of secrets, without a byte order mark. Throws when an editor has saved it as UTF-16. */
export function readSecretText(file: string): string {
  const text = readFileSync(file, "utf8");
  // Of UTF-16, every other byte is NUL.
  if (text.includes("\0")) throw new Error(`${basename(file)} is UTF-16: save it as UTF-8.`);
  return text.replace(/^\uFEFF/, "");
}

/**
 * Sets values in the text of a file of secrets, and keeps all other lines. A new name replaces its example line
 * (`# NAME=…`), or is added at the end. Throws when a value cannot be written so that it is read back unchanged.
 */
export function withValues(text: string, values: Record<string, string>): string {
  let changed = text;
  for (const [name, value] of Object.entries(values)) changed = withValue(changed, name, value);
  const before = parseEnv(text);
  const after = parseEnv(changed);
  const isKept = Object.entries({ ...before, ...values }).every(([name, value]) => after[name] === value);
  if (!isKept) throw new Error("The file of secrets has a form that cannot be changed here. Write the values by hand.");
  return changed;
}

/** Writes a file that only its owner can read (mode 600), entirely or not at all. */
export function writeSecretFile(file: string, text: string): void {
  const fresh = `${file}.new`;
  writeFileSync(fresh, text, { mode: 0o600 });
  // A leftover file of that name may have another mode.
  chmodSync(fresh, 0o600);
  renameSync(fresh, file);
}

function withValue(text: string, name: string, value: string): string {
  const line = `${name}=${/^[\w+/=.:@,-]*$/.test(value) ? value : `'${value}'`}`;
  for (const place of [
    new RegExp(`^[ \\t]*(?:export[ \\t]+)?${name}[ \\t]*=.*$`, "m"),
    new RegExp(`^#[ \\t]*${name}=.*$`, "m"),
  ]) {
    if (place.test(text)) return text.replace(place, () => line);
  }
  return `${text}${text === "" || text.endsWith("\n") ? "" : "\n"}${line}\n`;
}
