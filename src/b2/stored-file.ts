/** What B2's response fields say of a file. Source: platform facts, and B2's b2_download_file_by_name page. */
export interface StoredFile {
  /** The entity tag, quoted: strong, since B2's files never change under one id. */
  etag: string;
  /** The upload time in ms since the epoch, cut to whole seconds as HTTP dates are, and never later than now. */
  lastModifiedAt: number | undefined;
  /** The length of the whole file in bytes, also when this is a part of it. */
  completeLength: number;
  /** The file's own `Cache-Control`, if its uploader set one. */
  cacheControl: string | null;
}

/** What B2 says of a private file whose uploader said nothing (platform §1.3). */
const OF_PRIVATE_FILES = "max-age=0, no-cache, no-store";

/** Reads the fields of a 200 or 206 of B2. `now` is in ms: RFC 9110 §8.8.2.1 allows no `Last-Modified` in the future. */
export function readStoredFile(response: Response, now: number): StoredFile {
  const fields = response.headers;
  const uploadedAt = Math.min(now, Number(fields.get("X-Bz-Upload-Timestamp") ?? Number.NaN));
  const cacheControl = fields.get("Cache-Control");
  return {
    etag: entityTag(fields),
    lastModifiedAt: Number.isFinite(uploadedAt) ? Math.floor(uploadedAt / 1000) * 1000 : undefined,
    // Only some ranges need it, and each field that is read costs about 1 % of a request.
    get completeLength() {
      return completeLength(fields);
    },
    cacheControl: cacheControl === OF_PRIVATE_FILES ? null : cacheControl,
  };
}

/**
 * A SHA-1 that B2 checked, else the file id without its first part (`4_z<bucket id>_`), which would tell the bucket's id.
 * Large files have the SHA-1 `none`, and `unverified:…` is only what the uploader said.
 */
function entityTag(fields: Headers): string {
  const sha1 = fields.get("X-Bz-Content-Sha1");
  if (sha1 !== null && /^[0-9a-f]{40}$/.test(sha1)) return `"${sha1}"`;
  const id = (fields.get("X-Bz-File-Id") ?? "").replace(/^4_z[0-9a-z]+_/, "");
  return `"${id.replace(/[^\w.-]/g, "")}"`;
}

function completeLength(fields: Headers): number {
  const ofRange = /\/(\d+)$/.exec(fields.get("Content-Range") ?? "");
  return Number(ofRange?.[1] ?? fields.get("Content-Length") ?? 0);
}
