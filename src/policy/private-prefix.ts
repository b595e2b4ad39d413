/** Reads `PRIVATE_PREFIXES`: folders or files with commas between them, as the owner sees them in the bucket. */
export function parsePrivatePrefixes(text: string): string[] | { problem: string } {
  const prefixes = text
    .split(",")
    .map((part) => part.trim().replace(/^\/|\/$/g, ""))
    .filter((part, _, all) => part !== "" || all.length === 1);
  const wrong = prefixes.some(
    (prefix) => prefix.split("/").some((segment) => /^(?:|\.|\.\.)$/.test(segment)) || /[*\\]/.test(prefix),
  );
  return wrong
    ? { problem: "folders with commas between them, such as private, clients/2026 (no * and no empty part)" }
    : prefixes;
}

/** Whether a path of the bucket is a prefix or lies under one: `private` covers `private/a.jpg`, not `privateer.jpg`. */
export function isPrivate(path: string, prefixes: readonly string[]): boolean {
  return prefixes.some((prefix) => path === prefix || path.startsWith(`${prefix}/`));
}
