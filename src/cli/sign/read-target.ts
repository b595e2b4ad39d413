import { addressOf } from "../../address.ts";
import { canonicalPath, fileNameFault, readPath } from "../../b2/file-name.ts";
import { UsageError } from "../command.ts";

export interface LinkTarget {
  /** The decoded path in the bucket. */
  path: string;
  /** The path in its normal encoding, as it is in the link. */
  canonicalPath: string;
  /** A note for the person on how the path was read. */
  note?: string;
}

/** Reads the path of a file, or of a folder with a slash at its end; plain, or percent-encoded as in an address bar. Throws `UsageError`. */
export function readLinkTarget(text: string): LinkTarget {
  if (/^https?:/i.test(text))
    throw new UsageError("Give the path alone, such as /private/cat.jpg: the site is --base-url.");
  const given = text.replace(/^\//, "");
  // The Worker would take this for the form of B2's own links, and check another path.
  if (/^file\/[^/]+\//.test(given)) throw new UsageError("The path is needed without /file/BUCKET in front.");
  const decoded = decodedAddress(given);
  const path = decoded ?? given;
  requirePath(path, text);
  const target = { path, canonicalPath: canonicalPath(path) };
  if (decoded !== undefined) {
    const literal = canonicalPath(given);
    return {
      ...target,
      note: `The path is read as an address bar shows it: the name is «${path}». If its name has the percent sign itself, write ${literal}.`,
    };
  }
  if (given.includes("?")) {
    return { ...target, note: "The ? is read as a part of the name; use --preset or --version." };
  }
  if (!/%[0-9a-f]{2}/i.test(given)) return target;
  return {
    ...target,
    note: "The path is read in plain letters, percent signs and all. If it comes from an address bar, write it decoded.",
  };
}

/** Decodes a percent-encoded path; undefined unless it is exactly in the normal encoding, so that there is no doubt. */
function decodedAddress(given: string): string | undefined {
  if (!given.includes("%")) return undefined;
  const reading = readPath(given);
  return reading.kind === "path" && canonicalPath(reading.path) === `/${given}` ? reading.path : undefined;
}

/** Reads the path of a file, plain or percent-encoded; a folder is refused. Throws `UsageError`. */
export function readFilePath(flag: string, text: string): string {
  const { path } = readLinkTarget(text);
  if (path === "" || path.endsWith("/")) throw new UsageError(`${flag} must be one file, not a folder.`);
  return path;
}

function requirePath(path: string, text: string): void {
  const reading = readPath(encodeURI(path).replace(/[?#]/g, encodeURIComponent));
  const fault = reading.kind === "bad" ? reading.detail : fileNameFault(path.replace(/\/$/, ""));
  if (fault !== undefined) throw new UsageError(`${text}: ${fault}`);
  // After the check above, only the Worker's own routes are left.
  if (addressOf(path, { bucketName: "", fileNamePrefix: "" }) === undefined)
    throw new UsageError(`${text}: addresses under /-/ are the Worker's own, so no link opens a file there.`);
}
