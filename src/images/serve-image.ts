import { refusalByLimit } from "../access/limiter.ts";
import { completeLengthOf, readStoredFile } from "../b2/stored-file.ts";
import { logFault, rejectionOfFault } from "../fault.ts";
import { evaluatePreconditions, ifRangeHolds } from "../http/conditional.ts";
import { dropContent } from "../http/drop-content.ts";
import { formatRange, parseRange, type RangeRequest, resolveRange } from "../http/range.ts";
import type { Rejection } from "../rejection.ts";
import { addPageTag, imageResponse, notModifiedResponse, type StoredImage } from "../respond/file-response.ts";
import { problemResponse } from "../respond/problem-response.ts";
import { callerOf, rayOf, type Visit } from "../visit.ts";
import { answerNotFound } from "./answer-not-found.ts";
import { type AskedImage, forLookUpsOnly } from "./ask-images.ts";

/** Answers a request for one image, from B2. */
export async function serveImage(visit: Visit, asked: AskedImage): Promise<Response> {
  const { missLimiter } = visit.site;
  const refusal = missLimiter && (await refusalByLimit(missLimiter, asked.clientAddress));
  if (refusal !== undefined) return problemResponse(refusal, visit);
  let answer: Response | Rejection;
  try {
    answer = await answerImage(visit, asked, askedRange(visit.request));
  } catch (error) {
    logFault(visit.site.log, error, { ray: rayOf(visit.request), file: asked.path });
    answer = rejectionOfFault(error, Date.now());
  }
  if (answer instanceof Response) return answer;
  if (answer.kind !== "not-found") return problemResponse(answer, visit);
  if (asked.isLookUp && visit.site.settings.notFoundFile !== undefined) {
    const bare = forLookUpsOnly(problemResponse(answer, visit, asked));
    // All variants of an address need the same tags: https://developers.cloudflare.com/workers/cache/configuration/#vary
    addPageTag(bare.headers, visit.site.settings);
    return bare;
  }
  return await answerNotFound(visit, asked);
}

/** RFC 9110 §14.2: Range is defined for GET only. */
function askedRange({ method, headers }: Request): RangeRequest | undefined {
  return method === "GET" ? parseRange(headers.get("Range")) : undefined;
}

/** Evaluates in the order of RFC 9110 §13.2.2: preconditions, `If-Range`, range. B2 ignores preconditions, so it is asked before. */
async function answerImage(
  visit: Visit,
  asked: AskedImage,
  range: RangeRequest | undefined,
): Promise<Response | Rejection> {
  const fields = visit.request.headers;
  let found = await download(visit, asked.path, range);
  // B2's 416 has neither the length nor the validators that the preconditions need, so the whole file is asked for.
  if (found.kind === "range-not-satisfiable") found = await download(visit, asked.path, undefined);
  if (found.kind === "paused") return { kind: "unavailable", retryAfterSeconds: found.retryAfterSeconds };
  if (found.kind !== "file") return { kind: "not-found" };
  const stored = found.response;
  const now = Date.now();
  const file = readStoredFile(stored, now);
  const image = { stored, file, address: asked };

  // §13.1
  const precondition = evaluatePreconditions(fields, file, now);
  if (precondition !== "proceed") {
    await dropContent(stored);
    return precondition === "not-modified" ? notModifiedResponse(file, asked, visit) : { kind: "precondition-failed" };
  }

  // §13.1.5
  if (range === undefined) return imageResponse(image, visit);
  const ifRange = fields.get("If-Range");
  if (ifRange !== null && !ifRangeHolds(ifRange, file, now)) {
    if (stored.status === 200) return imageResponse(image, visit);
    await dropContent(stored);
    return await answerImage(visit, asked, undefined);
  }

  // §14
  if (stored.status === 206) return imageResponse(image, visit);
  return await answerRangeOfWhole(visit, image, range);
}

/** Answers a range to which B2 sent the whole file. One that covers the whole file is 206 in HTTP (§15.3.7), but 200 at B2. */
async function answerRangeOfWhole(
  visit: Visit,
  image: StoredImage,
  range: RangeRequest,
): Promise<Response | Rejection> {
  const completeLength = completeLengthOf(image.stored);
  const resolved = resolveRange(range, completeLength);
  if (resolved === "unsatisfiable") {
    await dropContent(image.stored);
    return { kind: "range-not-satisfiable", completeLength };
  }
  const coversAll = resolved.first === 0 && resolved.last === completeLength - 1;
  const contentRange = coversAll ? `bytes 0-${resolved.last}/${completeLength}` : undefined;
  return imageResponse({ ...image, contentRange }, visit);
}

function download(visit: Visit, path: string, range: RangeRequest | undefined) {
  const method = visit.request.method === "HEAD" ? "HEAD" : "GET";
  return visit.site.download({ method, path, range: formatRange(range), caller: callerOf(visit) });
}
