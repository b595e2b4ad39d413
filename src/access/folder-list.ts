import { fileNameFault, readPath } from "../b2/file-name.ts";
import { entriesOf, type ListValue, type Misfit } from "../setting-kinds.ts";

const FOLDERS = "folders with commas or line ends between them, such as private, clients/2026, as visitors see them";

/**
 * Characters that separate entries, quote them or act as wildcards in other kinds of lists. In a folder's name they are
 * written as `%XX`. Otherwise a list in a wrong form would count as one folder, which does not exist and protects nothing.
 */
const ODD = /[*?#|:;"'`<>[\]{}\\\u060c\u061b\u3001\uff0c\uff1b]|\p{Pi}|\p{Pf}|[\u201a\u201e]/u;
const ODD_IN_WORDS = "one of * ? # | : ; < > [ ] { } \\, a quotation mark or a comma of another script";
/** The separators between folders in a text. */
export const SEPARATOR = /[,\r\n]+/;
/** Invisible characters, such as a zero-width space. */
const INVISIBLE = /\p{Cf}/u;

/**
 * Reads a list of folders or files, with or without a slash at either end. Gives them in Unicode's form NFC. In a text, a
 * space inside an entry is a problem, since one folder or two may be meant; `%20` and TOML arrays are clear.
 */
export function parseFolderList(given: ListValue): string[] | Misfit {
  const entries = entriesOf(given, SEPARATOR);
  const folders: string[] = [];
  for (const [index, entry] of entries.entries()) {
    const reading = readFolder(entry.normalize("NFC"), { mayHaveSpace: typeof given !== "string" });
    if (typeof reading !== "string") return { problem: `${FOLDERS}; entry ${index + 1} ${reading.problem}` };
    folders.push(reading);
  }
  return folders.length === 0 ? { problem: `${FOLDERS}, at least one` } : folders;
}

/** The problem continues the sentence «entry 1 …». It never quotes the entry, since a public health answer shows it. */
function readFolder(entry: string, { mayHaveSpace }: { mayHaveSpace: boolean }): string | Misfit {
  if (!mayHaveSpace && /\s/.test(entry)) {
    return { problem: "has a space: red%20cats is one folder, and red, cats are two" };
  }
  if (INVISIBLE.test(entry)) return { problem: "has an invisible character: take it out, or write it as %XX" };
  if (ODD.test(entry)) {
    return { problem: `has ${ODD_IN_WORDS}: put commas between folders, and write such a character as %XX` };
  }
  const reading = readPath(entry.replace(/^\/|\/$/g, "").replace(/%(?![0-9a-f]{2})/gi, "%25"));
  if (reading.kind === "bad" || reading.path === "" || reading.path.endsWith("/")) {
    return { problem: "is not a folder: it has an empty part, a part of dots alone, or a %XX that no name can have" };
  }
  if (fileNameFault(reading.path) !== undefined) return { problem: "is longer than a name can be" };
  return reading.path.normalize("NFC");
}
