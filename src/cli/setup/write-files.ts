import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { styleText } from "node:util";
import { structuredPatch } from "diff";
import { keyIdFault } from "../../b2/application-key.ts";
import { readSecretText, withValues, writeSecretFile } from "../dev-vars.ts";
import { readConfig } from "../wrangler-config.ts";
import { type ConfigChange, editConfig } from "./edit-config.ts";
import type { FoundKey } from "./find-key.ts";

const CONFIG = "wrangler.toml";
const SECRETS = ".dev.vars";

/** A file to write, and the diff that the person sees first. */
export interface Change {
  file: string;
  text: string;
  isSecret: boolean;
  /** The lines that are removed and added, with secrets hidden. */
  diff: string[];
}

/** The changes that these values need. A file that already has them is left out. Throws with one sentence. */
export function changesFor(config: ConfigChange, key: FoundKey, stored: Record<string, string>): Change[] {
  const changes: Change[] = [];
  const before = readConfig().text;
  const after = editConfig(before, config);
  if (after !== before) changes.push({ file: CONFIG, text: after, isSecret: false, diff: linesOfDiff(before, after) });
  const values = { B2_APPLICATION_KEY_ID: key.applicationKeyId, B2_APPLICATION_KEY: key.applicationKey };
  const text = withValues(textOfSecrets(), values);
  if (Object.entries(values).some(([name, value]) => stored[name] !== value)) {
    requireIgnored();
    changes.push({ file: SECRETS, text, isSecret: true, diff: linesOfSecrets(stored, values) });
  }
  return changes;
}

export function showChanges(changes: readonly Change[]): void {
  for (const { file, diff } of changes) {
    console.log(styleText("bold", `\n${file}`));
    for (const line of diff) console.log(colored(line));
  }
  console.log("");
}

export function writeChanges(changes: readonly Change[]): void {
  for (const { file, text, isSecret } of changes) {
    if (isSecret) writeSecretFile(file, text);
    else writeFileSync(file, text);
  }
}

function textOfSecrets(): string {
  const [from] = [SECRETS, ".dev.vars.example"].filter((file) => existsSync(file));
  return from === undefined ? "" : readSecretText(from);
}

/** Throws when git does not ignore the file of secrets: the next commit could contain the key. */
function requireIgnored(): void {
  // The exit code is 0 for ignored, 1 for not ignored, and 128 outside a repository.
  if (spawnSync("git", ["check-ignore", "-q", SECRETS]).status === 1) {
    throw new Error(
      `git does not ignore ${SECRETS}, so a commit could contain the key. Write ${SECRETS} into .gitignore. Nothing was written.`,
    );
  }
}

function linesOfDiff(before: string, after: string): string[] {
  const { hunks } = structuredPatch(CONFIG, CONFIG, before, after, "", "", { context: 1 });
  return hunks.flatMap(({ lines }, index) => (index === 0 ? lines : ["  …", ...lines]));
}

function linesOfSecrets(stored: Record<string, string>, values: Record<string, string>): string[] {
  return Object.entries(values).flatMap(([name, value]) => {
    const old = stored[name];
    if (old === value) return [];
    const isShown = name === "B2_APPLICATION_KEY_ID";
    const isOldShown = isShown && keyIdFault(old ?? "") === undefined;
    const removed = old === undefined || old === "" ? [] : [`-${name}=${isOldShown ? old : "(the old one, hidden)"}`];
    return [...removed, `+${name}=${isShown ? value : "(hidden)"}`];
  });
}

function colored(line: string): string {
  if (line.startsWith("+")) return styleText("green", line);
  return line.startsWith("-") ? styleText("red", line) : styleText("dim", line);
}
