import { type DownloadAccess, type DownloadResult, download } from "./download.ts";

/**
 * One HEAD for a file that is not there: «missing» says that B2 is well and that the token opens the bucket. It moves no
 * bytes, and nobody's file decides what comes of it. Throws `B2Error`.
 */
export async function tryDownload(
  access: DownloadAccess & { fileNamePrefix: string },
  timeoutMs: number,
): Promise<DownloadResult> {
  const fileName = `${access.fileNamePrefix}b2-image-worker-trial/${crypto.randomUUID()}`;
  return await download(access, { method: "HEAD", fileName, range: undefined }, timeoutMs);
}
