import { versionIn } from "../../locate.ts";
import type { Settings } from "../../settings.ts";
import { UsageError } from "../command.ts";

/**
 * The canonical path with a version of the file behind it, as it stands in the address and in what is signed. Throws with
 * one sentence.
 */
export function withVersion(
  canonicalPath: string,
  version: string | undefined,
  { versionParameter }: Pick<Settings, "versionParameter">,
): string {
  if (version === undefined) return canonicalPath;
  if (canonicalPath.endsWith("/")) throw new UsageError("--version is for a link to one file.");
  const query = `${versionParameter}=${version}`;
  // The same reading as the Worker's. What it would decode, it would not give back.
  if (versionParameter !== undefined && versionIn(query, { versionParameter }) === version)
    return `${canonicalPath}?${query}`;
  throw versionParameter === undefined
    ? new Error("VERSION_PARAMETER is not set in wrangler.toml: without it a version in an address means nothing.")
    : new UsageError("--version must have 1 to 64 letters, digits, dots, underscores or hyphens.");
}
