import { entriesOf, type ListValue, type Misfit } from "../setting-kinds.ts";
import { parseFolderList, SEPARATOR } from "./folder-list.ts";
import { isUnder } from "./private-prefix.ts";

/** Reads `LISTED_PREFIXES`: a list of folders, or `/` for every folder, which is returned as "". */
export function parseListedPrefixes(given: ListValue): string[] | Misfit {
  const entries = entriesOf(given, SEPARATOR);
  const named = entries.filter((entry) => entry !== "/");
  if (named.length === 0 && entries.length > 0) return [""];
  const folders = parseFolderList(typeof given === "string" ? named.join(",") : named);
  if ("problem" in folders) return { problem: `${folders.problem}; or / for every folder` };
  return named.length < entries.length ? [""] : folders;
}

/**
 * Whether everybody may look at a folder, given as a path with a slash at its end. One whose name begins with a dot, and
 * everything in it, is never listed: such names are meant for programs.
 */
export function isListed(folder: string, listedPrefixes: readonly string[]): boolean {
  if (listedPrefixes.length === 0 || isHidden(folder)) return false;
  return listedPrefixes.includes("") || isUnder(folder, listedPrefixes);
}

/** Whether a path has a segment that begins with a dot. */
export function isHidden(path: string): boolean {
  return path.startsWith(".") || path.includes("/.");
}
