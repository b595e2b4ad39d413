/** The settings that say which paths are private. */
export interface PrivateRules {
  privatePrefixes: readonly string[];
  fileNamePrefix: string;
}

/**
 * Whether a path is a private prefix or lies under one: `private` covers `private/a.jpg`, not `privateer.jpg`. An owner
 * may write a folder as visitors see it, or as the bucket does: with `B2_FILE_NAME_PREFIX` they differ. The path is that
 * of a file that can exist: normalising 100 KB of accents would take seconds.
 */
export function isPrivate(path: string, { privatePrefixes, fileNamePrefix }: PrivateRules): boolean {
  if (privatePrefixes.length === 0) return false;
  return isUnder(path, privatePrefixes) || isUnder(fileNamePrefix + path, privatePrefixes);
}

/**
 * Whether a path is one of some folders or lies under one. A name with an accent has two spellings in Unicode, which look
 * the same (macOS writes the longer one): both count.
 */
export function isUnder(path: string, prefixes: readonly string[]): boolean {
  const composed = path.normalize("NFC");
  return prefixes.some((prefix) => composed === prefix || composed.startsWith(`${prefix}/`));
}
