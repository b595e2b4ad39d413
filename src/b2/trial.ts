import { type DownloadAccess, type DownloadResult, download } from "./download.ts";

/**
 * Tries a token with one HEAD for a file that does not exist. The answer `missing` shows that B2 works and that the token
 * opens the bucket. No content is sent, and the result depends on no real file. Throws `B2Error`.
 */
export async function tryDownload(
  access: DownloadAccess & { fileNamePrefix: string },
  timeoutMs: number,
): Promise<DownloadResult> {
  const fileName = `${access.fileNamePrefix}b2-image-worker-trial/${crypto.randomUUID()}`;
  return await download(access, { method: "HEAD", fileName, range: undefined }, timeoutMs);
}
