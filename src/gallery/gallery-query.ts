import { fileNameFault, readPath } from "../b2/file-name.ts";
import type { Rejection } from "../rejection.ts";

/** Which page of a folder is asked for, and in which form. */
export interface GalleryQuery {
  kind: "query";
  /** The last name that the page before shows; undefined for the first page. */
  after: string | undefined;
  asJson: boolean;
}

const NO_NAME = "The parameter after must be the name of a file or folder, as the page before shows it.";

/**
 * Reads the query of a folder's URL, without its question mark; whatever else is in it means nothing here. `prefix` is
 * the whole name of the folder in the bucket.
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

/** The query of another page of the same folder; "" for the first. */
export function formatGalleryQuery({ after, asJson }: { after: string | undefined; asJson: boolean }): string {
  const parts = [
    ...(after === undefined ? [] : [`after=${encodeURIComponent(after)}`]),
    ...(asJson ? ["format=json"] : []),
  ];
  return parts.join("&");
}

/** One segment, and perhaps the slash of a folder. In a query, a plus is a space. */
function nameOf(raw: string): string | undefined {
  const encoded = raw.replaceAll("+", "%20").replace(/%2F$/i, "/");
  const reading = readPath(encoded);
  if (reading.kind === "bad") return undefined;
  return /^[^/]+\/?$/.test(reading.path) ? reading.path : undefined;
}
