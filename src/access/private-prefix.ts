import type { Misfit } from "../setting-kinds.ts";

/** What no folder is: `.`, `..` or empty; a pattern or a backslash; a control character; a percent-encoded byte. */
const NO_FOLDER = /(?:^|\/)\.{0,2}(?:\/|$)|[*\\]|\p{Cc}|%[0-9a-f]{2}/iu;

/**
 * Reads `PRIVATE_PREFIXES`: folders or files with commas between them, with or without a slash at either end. What it
 * gives is in Unicode's form NFC.
 */
export function parsePrivatePrefixes(text: string): string[] | Misfit {
  const parts = text.split(",").map((part) => part.trim());
  const prefixes = parts.filter((part) => part !== "").map((part) => part.replace(/^\/|\/$/g, "").normalize("NFC"));
  return prefixes.length === 0 || prefixes.some((prefix) => NO_FOLDER.test(prefix))
    ? {
        problem:
          "folders with commas between them, such as private, clients/2026, as the bucket shows them (no *, no %20, no empty part)",
      }
    : prefixes;
}

/** The settings that say which paths are private. */
export interface PrivateRules {
  privatePrefixes: readonly string[];
  fileNamePrefix: string;
}

/**
 * Whether a path is a private prefix or lies under one: `private` covers `private/a.jpg`, not `privateer.jpg`. An owner
 * may write a folder as visitors see it, or as the bucket does: with `B2_FILE_NAME_PREFIX` they differ.
 */
export function isPrivate(path: string, { privatePrefixes, fileNamePrefix }: PrivateRules): boolean {
  if (privatePrefixes.length === 0) return false;
  return isUnder(path, privatePrefixes) || isUnder(fileNamePrefix + path, privatePrefixes);
}

/** A name with an accent has two spellings in Unicode, which look the same (macOS writes the longer one): both count. */
function isUnder(path: string, prefixes: readonly string[]): boolean {
  const composed = path.normalize("NFC");
  return prefixes.some((prefix) => composed === prefix || composed.startsWith(`${prefix}/`));
}
