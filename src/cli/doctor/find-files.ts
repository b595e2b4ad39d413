import { isPrivate } from "../../access/private-prefix.ts";
import { addressOf, type BucketPlace } from "../../address.ts";
import type { Account } from "../../b2/api.ts";
import { download } from "../../b2/download.ts";
import { B2Error } from "../../b2/error.ts";
import { canonicalPath } from "../../b2/file-name.ts";
import { listFiles } from "../../b2/list-files.ts";
import { completeLengthOf, readStoredFile } from "../../b2/stored-file.ts";
import { isImage } from "../../gallery/thumbnail.ts";
import type { Settings } from "../../settings.ts";
import type { DownloadToken } from "../../token/download-token.ts";
import type { KnownFile, Search } from "./examination.ts";

/** How many files a search looks at. */
export const LISTED = 200;
const TIMEOUT_MS = 10_000;

/** A key that works: its account, a token minted with it, and the settings. */
export interface KeyInUse {
  account: Account;
  token: DownloadToken;
  settings: Settings;
}

export interface Found {
  search: Search;
  /** Like `privateFile`, a decoded path. */
  image?: string;
  privateFile?: string;
}

/** Finds a public image and a private file among the first files of the bucket, if the key may list files. */
export async function findFiles({ account, token, settings }: KeyInUse): Promise<Found> {
  if (!account.capabilities.includes("listFiles")) return { search: "not allowed" };
  const { fileNamePrefix } = settings;
  const isServed = (path: string) => isPlainAddress(path, { bucketName: token.bucketName, fileNamePrefix });
  try {
    const { entries, nextFileName } = await listFiles(account, {
      bucketId: token.bucketId,
      prefix: fileNamePrefix,
      startFileName: "",
      count: LISTED,
      withHidden: false,
      timeoutMs: TIMEOUT_MS,
      isDeep: true,
    });
    const files = entries.flatMap((entry) =>
      entry.kind === "file" ? [{ path: entry.name.slice(fileNamePrefix.length), contentType: entry.contentType }] : [],
    );
    const image = files.find(
      ({ path, contentType }) => isImage({ name: path, contentType }) && !isPrivate(path, settings) && isServed(path),
    );
    const privateFile = files.find(({ path }) => isPrivate(path, settings) && isServed(path));
    return {
      search: image === undefined && nextFileName !== null ? "cut short" : "done",
      ...(image !== undefined && { image: image.path }),
      ...(privateFile !== undefined && { privateFile: privateFile.path }),
    };
  } catch (error) {
    if (error instanceof B2Error) return { search: "failed" };
    throw error;
  }
}

/**
 * Whether the file has an address in the plain form. B2 also accepts names that no address can have, such as one with `..` in
 * it, and those below a folder named `file` have addresses of another form.
 */
function isPlainAddress(path: string, place: BucketPlace): boolean {
  return addressOf(path, place) === canonicalPath(path) && !path.endsWith("/");
}

/** Asks B2 for a file's metadata with the token of `key`. `stored` is undefined without a key, or when B2 has no such file. */
export async function lookUpFile(path: string, key: KeyInUse | undefined): Promise<KnownFile> {
  return { path, canonicalPath: canonicalPath(path), stored: key && (await storedFile(path, key)) };
}

async function storedFile(path: string, { token }: KeyInUse): Promise<KnownFile["stored"]> {
  const fileName = token.fileNamePrefix + path;
  try {
    const result = await download(token, { method: "HEAD", fileName, range: undefined }, TIMEOUT_MS);
    if (result.kind !== "file") return undefined;
    const { response } = result;
    return { ...readStoredFile(response, Date.now()), completeLength: completeLengthOf(response) };
  } catch (error) {
    if (error instanceof B2Error) return undefined;
    throw error;
  }
}
