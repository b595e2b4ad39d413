import { fileNameFault, readPath } from "../b2/file-name.ts";
import type { Rejection } from "../rejection.ts";

/** The page of a folder that a URL asks for, and its format. */
export interface GalleryQuery {
  kind: "query";
  /** The last name on the previous page; undefined for the first page. */
  after: string | undefined;
  asJson: boolean;
}

const NO_NAME = "The parameter after must be the name of a file or folder, as the previous page shows it.";

/**
 * Reads the query of a folder's URL, without its question mark. Parameters other than `after` and `format` are ignored.
 * `prefix` is the whole name of the folder in the bucket.
 */
export function readGalleryQuery(query: string, prefix: string): GalleryQuery | Rejection {
  const parts = query.split("&");
  const asJson = parts.includes("format=json");
  const [raw, second] = parts.filter((part) => /^after(?:=|$)/.test(part));
  if (raw === undefined) return { kind: "query", after: undefined, asJson };
  const after = nameOf(raw.slice("after=".length));
  return second !== undefined || after === undefined || fileNameFault(prefix + after.replace(/\/$/, "")) !== undefined
    ? { kind: "bad-request", detail: NO_NAME }
    : { kind: "query", after, asJson };
}

/** Makes the query for a page of a folder; "" for the first page as HTML. */
export function formatGalleryQuery({ after, asJson }: { after: string | undefined; asJson: boolean }): string {
  const parts = [
    ...(after === undefined ? [] : [`after=${encodeURIComponent(after)}`]),
    ...(asJson ? ["format=json"] : []),
  ];
  return parts.join("&");
}

/** Decodes a name: one segment, with a slash at its end for a folder. In a query, a plus stands for a space. */
function nameOf(raw: string): string | undefined {
  const encoded = raw.replaceAll("+", "%20").replace(/%2F$/i, "/");
  const reading = readPath(encoded);
  if (reading.kind === "bad") return undefined;
  return /^[^/]+\/?$/.test(reading.path) ? reading.path : undefined;
}
