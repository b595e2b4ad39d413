/** The settings that say which paths are private. */
export interface PrivateRules {
  privatePrefixes: readonly string[];
  fileNamePrefix: string;
}

/**
 * Whether a path is a private prefix or lies under one: `private` covers `private/a.jpg`, not `privateer.jpg`. With
 * `B2_FILE_NAME_PREFIX`, an owner may write a folder with or without that prefix. The length of the path must have been
 * checked: normalising 100 KB of accents would take seconds.
 */
export function isPrivate(path: string, { privatePrefixes, fileNamePrefix }: PrivateRules): boolean {
  if (privatePrefixes.length === 0) return false;
  return isUnder(path, privatePrefixes) || isUnder(fileNamePrefix + path, privatePrefixes);
}

/**
 * Whether a path is one of these folders or lies under one. An accented letter has two spellings in Unicode that look the
 * same (macOS uses the longer one): both match.
 */
export function isUnder(path: string, prefixes: readonly string[]): boolean {
  const composed = path.normalize("NFC");
  return prefixes.some((prefix) => composed === prefix || composed.startsWith(`${prefix}/`));
}
