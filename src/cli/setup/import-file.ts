import { readFileSync } from "node:fs";
import { fromOwnFolder } from "../command.ts";

/** The values in the Python updater's settings file that are still needed. */
export interface ImportedSettings {
  bucketName: string;
  bucketId: string;
  keyId: string;
  key: string;
  /** The host that visitors use; undefined when the file names a host of B2. */
  domain: string | undefined;
  /** Sentences for the owner about values that are no longer needed. */
  notes: string[];
}

/** The labels in the order of the file. Each is followed by one word, its value. */
const VALUES = [
  "bucket name",
  "bucket id",
  "key id",
  "key",
  "B2 domain",
  "Cloudflare account id",
  "Cloudflare API key",
  "Worker name",
];
const NEEDED = 4;

/** Reads the settings file of the Python updater: words separated by white space. Throws with one sentence. */
export function readImportFile(file: string): ImportedSettings {
  const words = textOf(file)
    .split(/\s+/)
    .filter((word) => word !== "");
  const values = words.filter((_, index) => index % 2 === 1);
  const missing = VALUES.slice(0, NEEDED).filter((_, index) => values[index] === undefined);
  const isWhole = words.length % 2 === 0 && values.length <= VALUES.length;
  if (missing.length > 0 || !isWhole) {
    const what = missing.length > 0 ? `it has no ${missing.join(", no ")}` : `it has ${words.length} words`;
    throw new Error(
      `${file} is not a settings file of the Python updater: ${what}. Each value is one word after its label, in this order: ${VALUES.join(", ")}.`,
    );
  }
  const [bucketName = "", bucketId = "", keyId = "", key = "", host] = values;
  const isOfB2 = host !== undefined && /(?:^|\.)backblazeb2\.com$/i.test(host);
  const unneeded = VALUES.slice(isOfB2 ? NEEDED : NEEDED + 1, values.length);
  return {
    bucketName,
    bucketId,
    keyId,
    key,
    domain: isOfB2 ? undefined : host?.toLowerCase(),
    notes: unneeded.length === 0 ? [] : [noteOn(unneeded)],
  };
}

function noteOn(unneeded: string[]): string {
  return `Not needed any more: ${unneeded.join(", ")}. Wrangler logs in to Cloudflare by itself. If nothing else uses that API key, delete it.`;
}

function textOf(file: string): string {
  try {
    return readFileSync(fromOwnFolder(file), "utf8");
  } catch {
    throw new Error(`${file} cannot be read.`);
  }
}
