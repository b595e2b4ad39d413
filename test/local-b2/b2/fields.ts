import { badRequest } from "./problem.ts";

const TOKEN = "[\\w!#$%&'*+.^`|~-]+";
const QUOTED = '"(?:[\\x20-\\x21\\x23-\\x5b\\x5d-\\x7e\\t]|\\\\[\\x20-\\x7e])*"';
const PARAMETERS = `(?:\\s*;\\s*${TOKEN}\\s*=\\s*(?:${TOKEN}|${QUOTED}))*`;
const listOf = (element: string) => new RegExp(`^(?:${element})(?:\\s*,\\s*(?:${element}))*$`);

interface Settable {
  /** The field of a download. */
  field: string;
  /** The query parameter of a download that lays another value over it. */
  parameter: string;
  grammar: RegExp;
}

/** What the uploader of a file, and whoever downloads it with a token, may set; by its name in the file's info. */
export const SETTABLE_FIELDS: Record<string, Settable> = {
  // RFC 6266 §4.1.
  "b2-content-disposition": {
    field: "Content-Disposition",
    parameter: "b2ContentDisposition",
    grammar: new RegExp(`^${TOKEN}${PARAMETERS}$`),
  },
  // RFC 9110 §8.5: language tags of RFC 5646.
  "b2-content-language": {
    field: "Content-Language",
    parameter: "b2ContentLanguage",
    grammar: listOf("[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*"),
  },
  // RFC 9110 §5.6.7, in the one form that is still to be sent.
  "b2-expires": {
    field: "Expires",
    parameter: "b2Expires",
    grammar: /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/,
  },
  // RFC 9111 §5.2.
  "b2-cache-control": {
    field: "Cache-Control",
    parameter: "b2CacheControl",
    grammar: listOf(`${TOKEN}(?:=(?:${TOKEN}|${QUOTED}))?`),
  },
  // RFC 9110 §8.4.
  "b2-content-encoding": {
    field: "Content-Encoding",
    parameter: "b2ContentEncoding",
    grammar: listOf(TOKEN),
  },
};

/** A download can lay another type over the file's own; an upload has a field for it. RFC 9110 §8.3.1. */
export const CONTENT_TYPE: Settable = {
  field: "Content-Type",
  parameter: "b2ContentType",
  grammar: new RegExp(`^${TOKEN}/${TOKEN}${PARAMETERS}$`),
};

/** Bytes of names and values together. */
const MOST_INFO_BYTES = 7_000;
const MOST_INFO_ENTRIES = 10;

/** Throws 400 for info that B2 does not take from an uploader. */
export function checkFileInfo(info: Record<string, string>): void {
  const own = Object.keys(info).filter((name) => SETTABLE_FIELDS[name] === undefined);
  if (own.length > MOST_INFO_ENTRIES) throw badRequest(`A file may have ${MOST_INFO_ENTRIES} X-Bz-Info-* of its own`);
  const bytes = new TextEncoder().encode(Object.entries(info).flat().join("")).length;
  if (bytes > MOST_INFO_BYTES) throw badRequest(`The file info is longer than ${MOST_INFO_BYTES} bytes`);
  for (const [name, value] of Object.entries(info)) {
    if (!new RegExp(`^${TOKEN}$`).test(name)) throw badRequest(`Bad name of file info: ${name}`);
    const settable = SETTABLE_FIELDS[name];
    if (settable === undefined && name.startsWith("b2-")) throw badRequest(`Unknown file info: ${name}`);
    if (settable !== undefined) checkField(settable, name, value);
  }
}

/** Throws 400 for a value that is no valid field. `name` is what the client called it. */
export function checkField({ field, grammar }: Settable, name: string, value: string): void {
  if (!grammar.test(value)) throw badRequest(`invalid ${name}: it is not a valid ${field} field`);
}
