import { readFileSync } from "node:fs";
import { keyIdFault } from "../../b2/application-key.ts";
import { fromOwnFolder, UsageError } from "../command.ts";
import type { ImportedSettings } from "./import-file.ts";
import type { Questions } from "./questions.ts";
import type { SetupArguments } from "./setup-arguments.ts";

export interface FoundKey {
  applicationKeyId: string;
  applicationKey: string;
  /** Where the key comes from, in words for the person. */
  source: string;
}

export interface KeySources {
  imported: ImportedSettings | undefined;
  /** The names and values in `.dev.vars`. */
  stored: Record<string, string>;
  env: NodeJS.ProcessEnv;
}

/**
 * Finds the application key: on the command line, in the file to import, in `.dev.vars` or in the environment; else the
 * person types it. When there are several, the person chooses. Throws `UsageError` or `Cancelled`.
 */
export async function findKey(
  { keyId, keyFile }: SetupArguments,
  sources: KeySources,
  questions: Questions,
): Promise<FoundKey> {
  const fault = keyId === undefined ? undefined : keyIdFault(keyId);
  if (fault !== undefined) throw new UsageError(`--key-id: ${fault}.`);
  if (keyFile !== undefined) {
    const applicationKeyId = keyId ?? (await askForKeyId(questions));
    return {
      applicationKeyId,
      applicationKey: readKeyFile(keyFile),
      source: keyFile === "-" ? "the standard input" : keyFile,
    };
  }
  const known = knownKeys(sources).filter(({ applicationKeyId }) => keyId === undefined || applicationKeyId === keyId);
  const [first, second] = known;
  if (first === undefined) return await askForKey(questions, keyId);
  // A person who names or imports a key has chosen it.
  if (keyId !== undefined || sources.imported !== undefined) return first;
  const options = known.map(({ applicationKeyId, source }, index) => ({
    value: String(index),
    label: `${applicationKeyId}, from ${source}`,
  }));
  if (second === undefined && questions.asksNobody) return first;
  const message = `Which key? Known: ${options.map(({ label }) => label).join("; ")}`;
  const chosen = await questions.choose({
    flag: "--key-id",
    message: questions.asksNobody ? message : "Which key?",
    options: [...options, { value: "another", label: "another one" }],
  });
  return known[Number(chosen)] ?? (await askForKey(questions));
}

/** Asks the person to type a key. */
export async function askForKey(questions: Questions, keyId?: string): Promise<FoundKey> {
  const applicationKeyId = keyId ?? (await askForKeyId(questions));
  const applicationKey = await questions.secret({
    flag: "--key-file",
    message: "The key itself (not shown)?",
    faultOf: (text) => emptyFault(text),
  });
  return { applicationKeyId, applicationKey: applicationKey.trim(), source: "the terminal" };
}

async function askForKeyId(questions: Questions): Promise<string> {
  const text = await questions.text({
    flag: "--key-id",
    message: "The key id of a B2 application key with readFiles and shareFiles?",
    faultOf: (text) => emptyFault(text) ?? keyIdFault(text),
  });
  return text.trim();
}

function emptyFault(text: string): string | undefined {
  return text.trim() === "" ? "It is needed." : undefined;
}

function knownKeys({ imported, stored, env }: KeySources): FoundKey[] {
  if (imported !== undefined) {
    requireKeyId(imported.keyId, "the file to import");
    return [{ applicationKeyId: imported.keyId, applicationKey: imported.key, source: "the file to import" }];
  }
  const found: FoundKey[] = [];
  for (const [source, values] of [
    [".dev.vars", stored],
    ["the environment", env],
  ] as const) {
    const { B2_APPLICATION_KEY_ID: applicationKeyId, B2_APPLICATION_KEY: applicationKey } = values;
    if (!applicationKeyId || !applicationKey) continue;
    requireKeyId(applicationKeyId, source);
    const isNew = !found.some(
      (each) => each.applicationKeyId === applicationKeyId && each.applicationKey === applicationKey,
    );
    if (isNew) found.push({ applicationKeyId, applicationKey, source });
  }
  return found;
}

/** Throws when a key stands where its id belongs, before that is shown as an id. */
function requireKeyId(text: string, source: string): void {
  const fault = keyIdFault(text);
  if (fault !== undefined) throw new Error(`The key id of ${source}: ${fault}. Nothing was written.`);
}

function readKeyFile(file: string): string {
  let key: string;
  try {
    key = readFileSync(file === "-" ? 0 : fromOwnFolder(file), "utf8").trim();
  } catch {
    throw new UsageError(`--key-file: ${file} cannot be read.`);
  }
  if (/^\S+$/.test(key)) return key;
  throw new UsageError("--key-file must hold the key alone, on one line.");
}
