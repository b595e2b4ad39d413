import { dropContent } from "../http/drop-content.ts";
import { readB2Error } from "./error.ts";
import { exchange } from "./exchange.ts";
import { encodeFileName } from "./file-name.ts";

const OPERATION = "b2_download_file_by_name";

/** Where and with what to download: the part of a download token that a download needs. */
export interface DownloadAccess {
  downloadUrl: string;
  bucketName: string;
  /** The download authorization token. */
  token: string;
}

export interface Download {
  method: "GET" | "HEAD";
  fileName: string;
  /** One byte range as a `Range` field, or none for the whole file. */
  range: string | undefined;
  timeoutMs: number;
}

export type DownloadResult =
  | { kind: "file"; response: Response }
  | { kind: "missing" }
  | { kind: "range-not-satisfiable" };

/**
 * One GET or HEAD of b2_download_file_by_name. Throws `B2Error` for everything but a file, a missing file
 * and a range outside of it. Source: https://www.backblaze.com/apidocs/b2-download-file-by-name
 */
export async function download(access: DownloadAccess, what: Download): Promise<DownloadResult> {
  const { method, fileName, range, timeoutMs } = what;
  const deadline = Date.now() + timeoutMs;
  const response = await exchange({
    operation: OPERATION,
    url: `${access.downloadUrl}/file/${access.bucketName}/${encodeFileName(fileName)}`,
    method,
    fields: range === undefined ? { Authorization: access.token } : { Authorization: access.token, Range: range },
    timeoutMs,
  });
  switch (response.status) {
    case 200:
    case 206:
      return { kind: "file", response };
    case 404:
      await dropContent(response);
      return { kind: "missing" };
    case 416:
      await dropContent(response);
      return { kind: "range-not-satisfiable" };
    case 403:
      // A HEAD error has no body, and a reached cap looks like denied access: GET tells which.
      return method === "HEAD"
        ? await downloadFields(access, { ...what, timeoutMs: Math.max(1, deadline - Date.now()) })
        : await refuse(response);
    default:
      return await refuse(response);
  }
}

async function downloadFields(access: DownloadAccess, what: Download): Promise<DownloadResult> {
  const result = await download(access, { ...what, method: "GET" });
  if (result.kind === "file") await dropContent(result.response);
  return result;
}

async function refuse(response: Response): Promise<never> {
  throw await readB2Error(OPERATION, response);
}
