import { versionIn } from "../../locate.ts";
import type { Settings } from "../../settings.ts";
import { UsageError } from "../command.ts";

/**
 * Adds the version of a file to its canonical path, as the address has it and the signature covers it. Throws with one
 * sentence.
 */
export function withVersion(
  canonicalPath: string,
  version: string | undefined,
  { versionParameter }: Pick<Settings, "versionParameter">,
): string {
  if (version === undefined) return canonicalPath;
  if (canonicalPath.endsWith("/")) throw new UsageError("--version is for a link to one file.");
  const query = `${versionParameter}=${version}`;
  // The Worker must read the same version from the query.
  if (versionParameter !== undefined && versionIn(query, { versionParameter }) === version)
    return `${canonicalPath}?${query}`;
  throw versionParameter === undefined
    ? new Error("VERSION_PARAMETER is not set in wrangler.toml: without it a version in an address means nothing.")
    : new UsageError("--version must have 1 to 64 letters, digits, dots, underscores or hyphens.");
}
