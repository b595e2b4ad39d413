import { type Download, type DownloadResult, download } from "../b2/download.ts";
import { B2Error } from "../b2/error.ts";
import { withRetries } from "../b2/retry.ts";
import { readStoredFile, type StoredFile } from "../b2/stored-file.ts";
import { logFault, rejectionOfFault } from "../fault.ts";
import { evaluatePreconditions, ifRangeHolds } from "../http/conditional.ts";
import { dropContent } from "../http/drop-content.ts";
import { formatRange, parseRange, type RangeRequest, resolveRange } from "../http/range.ts";
import type { Log } from "../log.ts";
import type { Rejection } from "../rejection.ts";
import type { ResponseContext } from "../respond/fields.ts";
import { imageResponse, notModifiedResponse } from "../respond/file-response.ts";
import type { DownloadToken } from "../token/download-token.ts";
import type { Caller, TokenSource } from "../token/source.ts";
import { withRenewal } from "../token/with-renewal.ts";

/** Response fields, retries and renewal together: what a visitor may wait for. */
const BUDGET_MS = 10_000;
/** A retry with another token gets at least this. */
const LEAST_BUDGET_MS = 1_000;
/** After «cap exceeded» an isolate leaves B2 alone for so long. Not until 00:00 UTC: the owner may raise the cap. */
const CAP_PAUSE_MS = 5 * 60_000;
const CAP_EXCEEDED = new B2Error({ code: "cap-exceeded", operation: "b2_download_file_by_name" });

export interface ImageRequest extends ResponseContext {
  /** The path in the bucket, without the prefix of the settings. */
  path: string;
  caller: Caller;
}

export type ImageServer = (image: ImageRequest) => Promise<Response | Rejection>;

/** Makes the server of images of one isolate. It asks B2 once for an image, unless B2 has a fault. */
export function createImageServer(tokens: TokenSource, log: Log): ImageServer {
  let askAgainAt = 0;

  async function serveImage(image: ImageRequest): Promise<Response | Rejection> {
    const now = Date.now();
    if (now < askAgainAt) return rejectionOfFault(CAP_EXCEEDED, now);
    // When a pause is over, one request asks for all.
    const isProbe = askAgainAt > 0;
    if (isProbe) askAgainAt = now + BUDGET_MS;
    try {
      const answered = await answer(image, (what) => downloadRenewing(image, what));
      if (isProbe) askAgainAt = 0;
      return answered;
    } catch (error) {
      if (error instanceof B2Error && error.code === "cap-exceeded") askAgainAt = Date.now() + CAP_PAUSE_MS;
      logFault(log, error, { ray: image.caller.ray, file: image.path });
      return rejectionOfFault(error, Date.now());
    }
  }

  async function downloadRenewing(image: ImageRequest, what: WhatToDownload): Promise<DownloadResult> {
    const startedAt = Date.now();
    return await withRenewal(
      (token) => {
        const budgetMs = Math.max(LEAST_BUDGET_MS, startedAt + BUDGET_MS - Date.now());
        return downloadRetrying(image, what, { token, budgetMs });
      },
      {
        tokens,
        caller: image.caller,
        onRefused: () => log("warn", "token.refused", { ray: image.caller.ray, file: image.path }),
      },
    );
  }

  async function downloadRetrying(
    image: ImageRequest,
    what: WhatToDownload,
    { token, budgetMs }: { token: DownloadToken; budgetMs: number },
  ): Promise<DownloadResult> {
    const fileName = token.fileNamePrefix + image.path;
    return await withRetries((timeoutMs) => download(token, { ...what, fileName, timeoutMs }), {
      budgetMs,
      onRetry: (fault) =>
        log("warn", "download.retry", { ray: image.caller.ray, file: image.path, error: fault.message }),
    });
  }

  return serveImage;
}

type WhatToDownload = Pick<Download, "method" | "range">;
type Downloader = (what: WhatToDownload) => Promise<DownloadResult>;

/** Preconditions before ranges, in the order of RFC 9110 §13.2.2. */
async function answer(image: ImageRequest, fetchStored: Downloader): Promise<Response | Rejection> {
  const method = image.request.method === "HEAD" ? "HEAD" : "GET";
  // §14.2: a range means something for GET alone.
  const range: RangeRequest = method === "GET" ? parseRange(image.request.headers.get("Range")) : { kind: "whole" };
  const result = await fetchStored({ method, range: formatRange(range) });
  if (result.kind === "missing") return { kind: "not-found" };
  // B2's 416 tells neither the length nor the validators that come before it: the whole file does.
  if (result.kind === "range-not-satisfiable") return await answerWhole(image, fetchStored, range);
  return await answerStored(image, { stored: result.response, range, fetchStored });
}

interface Stored {
  stored: Response;
  range: RangeRequest;
  fetchStored: Downloader;
}

async function answerStored(
  image: ImageRequest,
  { stored, range, fetchStored }: Stored,
): Promise<Response | Rejection> {
  const fields = image.request.headers;
  const file = readStoredFile(stored, Date.now());
  const precondition = evaluatePreconditions(fields, file);
  if (precondition !== "proceed") return await endEarly(image, { stored, file, precondition });
  if (range.kind === "whole") return imageResponse({ stored, file }, image);
  if (!rangeApplies(fields, file)) {
    if (stored.status === 200) return imageResponse({ stored, file }, image);
    await dropContent(stored);
    return await answerWhole(image, fetchStored, { kind: "whole" });
  }
  return answerRange(image, { stored, file, range });
}

/** The file without a range: for a range that B2 refused, or that `If-Range` turned off. */
async function answerWhole(
  image: ImageRequest,
  fetchStored: Downloader,
  range: RangeRequest,
): Promise<Response | Rejection> {
  const whole = await fetchStored({ method: "GET", range: undefined });
  if (whole.kind === "file") return await answerStored(image, { stored: whole.response, range, fetchStored });
  return { kind: "not-found" };
}

/** B2 answers a range that covers the whole file with 200: HTTP wants a 206 (§15.3.7). */
async function answerRange(
  image: ImageRequest,
  { stored, file, range }: { stored: Response; file: StoredFile; range: RangeRequest },
) {
  if (stored.status === 206) return imageResponse({ stored, file }, image);
  const resolved = resolveRange(range, file.completeLength);
  if (resolved === "unsatisfiable") {
    await dropContent(stored);
    return { kind: "range-not-satisfiable", completeLength: file.completeLength } as const;
  }
  const coversAll = resolved !== "whole" && resolved.first === 0 && resolved.last === file.completeLength - 1;
  const contentRange = coversAll ? `bytes 0-${resolved.last}/${file.completeLength}` : undefined;
  return imageResponse({ stored, file, contentRange }, image);
}

async function endEarly(
  image: ImageRequest,
  {
    stored,
    file,
    precondition,
  }: { stored: Response; file: StoredFile; precondition: "not-modified" | "precondition-failed" },
): Promise<Response | Rejection> {
  await dropContent(stored);
  return precondition === "not-modified" ? notModifiedResponse(file, image) : { kind: "precondition-failed" };
}

function rangeApplies(fields: Headers, file: StoredFile): boolean {
  const ifRange = fields.get("If-Range");
  return ifRange === null || ifRangeHolds(ifRange, file);
}
