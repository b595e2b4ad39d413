/** The metadata of a file, from B2's response fields. Source: https://www.backblaze.com/apidocs/b2-download-file-by-name */
export interface StoredFile {
  /** The entity tag, with quotes. It is strong, since a file never changes under one id. */
  etag: string;
  /** The upload time in ms since the epoch, in whole seconds like HTTP dates, and never later than now. */
  lastModifiedAt: number | undefined;
  /** The file's own `Cache-Control`, if its uploader set one. */
  cacheControl: string | null;
  /** The SHA-1 of the content, if B2 has verified it. B2 sends `none` for large files, and `unverified:…` for an unchecked one. */
  sha1: string | undefined;
  /** The upload time as B2 writes it: ms since the epoch. */
  uploadTimestamp: string | null;
}

/** A shorter version, such as a counter, could match the beginning of a SHA-1 by chance. */
const LEAST_PROOF_LENGTH = 8;

/** The Cache-Control that B2 sends for a file in a private bucket when its uploader set none. */
const OF_PRIVATE_FILES = "max-age=0, no-cache, no-store";

/** Reads the fields of B2's 200 or 206. `now` (ms since the epoch) is the limit of `Last-Modified` (RFC 9110 §8.8.2.1). */
export function readStoredFile(response: Response, now: number): StoredFile {
  const fields = response.headers;
  const uploadTimestamp = fields.get("X-Bz-Upload-Timestamp");
  const cacheControl = fields.get("Cache-Control");
  const checkedSha1 = fields.get("X-Bz-Content-Sha1");
  const sha1 = checkedSha1 !== null && /^[0-9a-f]{40}$/.test(checkedSha1) ? checkedSha1 : undefined;
  return {
    etag: sha1 === undefined ? entityTagOfId(fields) : `"${sha1}"`,
    lastModifiedAt: lastModifiedAt(uploadTimestamp, now),
    cacheControl: cacheControl === OF_PRIVATE_FILES ? null : cacheControl,
    sha1,
    uploadTimestamp,
  };
}

/** The upload time as a date for HTTP; undefined when B2's field is not a number of ms that a date can have. */
function lastModifiedAt(uploadTimestamp: string | null, now: number): number | undefined {
  if (uploadTimestamp === null || !/^\d{1,15}$/.test(uploadTimestamp)) return undefined;
  return Math.floor(Math.min(now, Number(uploadTimestamp)) / 1000) * 1000;
}

/** Whether a version names this file and no other: the first 8 or more hex digits of its SHA-1, or its upload time. */
export function isVersionOf(
  version: string,
  { sha1, uploadTimestamp }: Pick<StoredFile, "sha1" | "uploadTimestamp">,
): boolean {
  if (version.length < LEAST_PROOF_LENGTH) return false;
  return version === uploadTimestamp || sha1?.startsWith(version.toLowerCase()) === true;
}

/** An entity tag from the file's id, without its first part (`4_z<bucket id>_`), which would reveal the bucket's id. */
function entityTagOfId(fields: Headers): string {
  const id = (fields.get("X-Bz-File-Id") ?? "").replace(/^4_z[0-9a-z]+_/, "");
  return `"${id.replace(/[^\w.-]/g, "")}"`;
}

/** The length of the whole file in bytes, even if the response has only a part of it. */
export function completeLengthOf({ headers: fields }: Response): number {
  const range = fields.get("Content-Range");
  const ofRange = range === null ? null : /\/(\d+)$/.exec(range);
  return Number(ofRange?.[1] ?? fields.get("Content-Length") ?? 0);
}
