/** What B2's response fields say of a file. Source: https://www.backblaze.com/apidocs/b2-download-file-by-name */
export interface StoredFile {
  /** The entity tag, quoted: strong, since B2's files never change under one id. */
  etag: string;
  /** The upload time in ms since the epoch, cut to whole seconds as HTTP dates are, and never later than now. */
  lastModifiedAt: number | undefined;
  /** The length of the whole file in bytes, also when this is a part of it. */
  completeLength: number;
  /** The file's own `Cache-Control`, if its uploader set one. */
  cacheControl: string | null;
  /** The SHA-1 of the content, if B2 has checked it. Large files have the SHA-1 `none`; `unverified:…` is the uploader's. */
  sha1: string | undefined;
  /** The upload time as B2 writes it: ms since the epoch. */
  uploadTimestamp: string | null;
}

/** A shorter version, such as a number that counts up, could be the beginning of a SHA-1 by chance. */
const LEAST_PROOF_LENGTH = 8;

/** What B2 says of a private file whose uploader said nothing. */
const OF_PRIVATE_FILES = "max-age=0, no-cache, no-store";

/** Reads the fields of a 200 or 206 of B2. `now` is in ms: RFC 9110 §8.8.2.1 allows no `Last-Modified` in the future. */
export function readStoredFile(response: Response, now: number): StoredFile {
  const fields = response.headers;
  const uploadTimestamp = fields.get("X-Bz-Upload-Timestamp");
  const cacheControl = fields.get("Cache-Control");
  const checkedSha1 = fields.get("X-Bz-Content-Sha1");
  const sha1 = checkedSha1 !== null && /^[0-9a-f]{40}$/.test(checkedSha1) ? checkedSha1 : undefined;
  return {
    etag: sha1 === undefined ? entityTagOfId(fields) : `"${sha1}"`,
    lastModifiedAt: lastModifiedAt(uploadTimestamp, now),
    completeLength: completeLength(fields),
    cacheControl: cacheControl === OF_PRIVATE_FILES ? null : cacheControl,
    sha1,
    uploadTimestamp,
  };
}

/** Undefined for an absurd time: B2 writes ms since the epoch in digits, and a date that is none must not be sent. */
function lastModifiedAt(uploadTimestamp: string | null, now: number): number | undefined {
  if (uploadTimestamp === null || !/^\d+$/.test(uploadTimestamp)) return undefined;
  return Math.floor(Math.min(now, Number(uploadTimestamp)) / 1000) * 1000;
}

/** Whether a version names this file and no other: the first 8 or more hex digits of its SHA-1, or its upload time. */
export function isVersionOf(version: string, { sha1, uploadTimestamp }: StoredFile): boolean {
  if (version.length < LEAST_PROOF_LENGTH) return false;
  return version === uploadTimestamp || sha1?.startsWith(version.toLowerCase()) === true;
}

/** The file's id without its first part (`4_z<bucket id>_`), which would tell the bucket's id. */
function entityTagOfId(fields: Headers): string {
  const id = (fields.get("X-Bz-File-Id") ?? "").replace(/^4_z[0-9a-z]+_/, "");
  return `"${id.replace(/[^\w.-]/g, "")}"`;
}

function completeLength(fields: Headers): number {
  const range = fields.get("Content-Range");
  const ofRange = range === null ? null : /\/(\d+)$/.exec(range);
  return Number(ofRange?.[1] ?? fields.get("Content-Length") ?? 0);
}
