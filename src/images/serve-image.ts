import { overLimit } from "../access/limiter.ts";
import { readStoredFile, type StoredFile } from "../b2/stored-file.ts";
import { logFault, rejectionOfFault } from "../fault.ts";
import { evaluatePreconditions, ifRangeHolds } from "../http/conditional.ts";
import { dropContent } from "../http/drop-content.ts";
import { formatRange, parseRange, type RangeRequest, resolveRange } from "../http/range.ts";
import type { Rejection } from "../rejection.ts";
import { imageResponse, notFoundFileResponse, notModifiedResponse } from "../respond/file-response.ts";
import { problemResponse } from "../respond/problem-response.ts";
import { rayOf, type Visit } from "../visit.ts";
import { type AskedImage, askForNotFoundFile } from "./ask-images.ts";

/** One image, from B2. */
export async function serveImage(visit: Visit, { path, clientAddress }: AskedImage): Promise<Response> {
  const { missLimiter } = visit.site;
  if (missLimiter !== undefined && (await overLimit(missLimiter, clientAddress))) {
    return problemResponse({ kind: "too-many-requests", retryAfterSeconds: 60 }, visit);
  }
  const answer = await answerOrRefuse(visit, path);
  if (answer instanceof Response) return answer;
  const page = answer.kind === "not-found" ? await askForNotFoundFile(visit, path) : undefined;
  return page === undefined ? problemResponse(answer, visit) : notFoundFileResponse(page, visit);
}

async function answerOrRefuse(visit: Visit, path: string): Promise<Response | Rejection> {
  const { request, site } = visit;
  // RFC 9110 §14.2: a range means something for GET alone.
  const range = request.method === "GET" ? parseRange(request.headers.get("Range")) : undefined;
  try {
    return await answerImage(visit, path, range);
  } catch (error) {
    logFault(site.log, error, { ray: rayOf(request), file: path });
    return rejectionOfFault(error, Date.now());
  }
}

/** RFC 9110 §13.2.2: the preconditions, then `If-Range`, then the range. B2 knows no precondition, so its answer comes first. */
async function answerImage(visit: Visit, path: string, range: RangeRequest | undefined): Promise<Response | Rejection> {
  const fields = visit.request.headers;
  let found = await download(visit, path, range);
  // B2's 416 tells neither the length nor the validators that come before it: the whole file does.
  if (found.kind === "range-not-satisfiable") found = await download(visit, path, undefined);
  if (found.kind === "paused") return { kind: "unavailable", retryAfterSeconds: found.retryAfterSeconds };
  if (found.kind !== "file") return { kind: "not-found" };
  const stored = found.response;
  const file = readStoredFile(stored, Date.now());

  // §13.1
  const precondition = evaluatePreconditions(fields, file);
  if (precondition !== "proceed") {
    await dropContent(stored);
    return precondition === "not-modified" ? notModifiedResponse(file, visit) : { kind: "precondition-failed" };
  }

  // §13.1.5
  if (range === undefined) return imageResponse({ stored, file }, visit);
  const ifRange = fields.get("If-Range");
  if (ifRange !== null && !ifRangeHolds(ifRange, file)) {
    if (stored.status === 200) return imageResponse({ stored, file }, visit);
    await dropContent(stored);
    return await answerImage(visit, path, undefined);
  }

  // §14
  if (stored.status === 206) return imageResponse({ stored, file }, visit);
  return await answerRangeOfWhole(visit, { stored, file, range });
}

/** B2 answers a range that covers the whole file with 200: HTTP wants a 206 (§15.3.7). */
async function answerRangeOfWhole(
  visit: Visit,
  { stored, file, range }: { stored: Response; file: StoredFile; range: RangeRequest },
): Promise<Response | Rejection> {
  const { completeLength } = file;
  const resolved = resolveRange(range, completeLength);
  if (resolved === "unsatisfiable") {
    await dropContent(stored);
    return { kind: "range-not-satisfiable", completeLength };
  }
  const coversAll = resolved.first === 0 && resolved.last === completeLength - 1;
  const contentRange = coversAll ? `bytes 0-${resolved.last}/${completeLength}` : undefined;
  return imageResponse({ stored, file, contentRange }, visit);
}

async function download({ site, request, ctx }: Visit, path: string, range: RangeRequest | undefined) {
  const method = request.method === "HEAD" ? "HEAD" : "GET";
  const caller = { ray: rayOf(request), waitUntil: (work: Promise<unknown>) => ctx.waitUntil(work) };
  return await site.download({ method, path, range: formatRange(range), caller });
}
