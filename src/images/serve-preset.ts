import { overLimit } from "../access/limiter.ts";
import { evaluatePreconditions, type Precondition } from "../http/conditional.ts";
import { parseHttpDate } from "../http/date.ts";
import { dropContent } from "../http/drop-content.ts";
import { parseEntityTag } from "../http/entity-tag.ts";
import type { Rejection } from "../rejection.ts";
import { presetMarker, presetNotModifiedResponse, presetResponse } from "../respond/preset-response.ts";
import { problemResponse } from "../respond/problem-response.ts";
import { rayOf, type Visit } from "../visit.ts";
import { askForOriginal } from "./ask-images.ts";
import type { AskedPreset } from "./ask-presets.ts";
import { makePreset } from "./make-preset.ts";
import { relayed } from "./relay.ts";
import type { Transformer } from "./transform.ts";

/** A connection to B2 that broke is made anew at once; the client need not hurry so. */
const BROKEN_RETRY_SECONDS = 5;

/** One preset of one image in one format, from the original that the cache of `Images` has. */
export async function servePreset(visit: Visit, asked: AskedPreset): Promise<Response> {
  const { missLimiter, transformer } = visit.site;
  if (missLimiter !== undefined && (await overLimit(missLimiter, asked.clientAddress))) {
    return problemResponse({ kind: "too-many-requests", retryAfterSeconds: 60 }, visit);
  }
  if (transformer === undefined) return problemResponse({ kind: "internal" }, visit);
  const original = relayed(await askForOriginal(visit, asked.versionedPath), visit, undefined);
  if (original.status !== 200) return original;
  const answer = await answerPreset({ visit, asked, original, transformer });
  return answer instanceof Response ? answer : problemResponse(answer, visit);
}

interface Work {
  visit: Visit;
  asked: AskedPreset;
  original: Response;
  transformer: Transformer;
}

/** RFC 9110 §13.2.2: the preconditions come first. What a client has already needs no transformation. */
async function answerPreset({ visit, asked, original, transformer }: Work): Promise<Response | Rejection> {
  const tags = entityTags(original, asked);
  const possible = asked.mayStandIn ? [tags.made, tags.original] : [tags.made];
  const verdicts = possible.map((etag) => ({ etag, precondition: preconditionOf(visit, original, etag) }));
  const confirmed = verdicts.find(({ precondition }) => precondition === "not-modified");
  if (confirmed !== undefined) {
    await dropContent(original);
    return presetNotModifiedResponse(original, confirmed.etag, visit);
  }
  if (verdicts.every(({ precondition }) => precondition === "precondition-failed")) {
    await dropContent(original);
    return { kind: "precondition-failed" };
  }
  const about = { ray: rayOf(visit.request), file: asked.path, preset: asked.preset.name };
  const work = await makePreset(original, { ...asked, transformer, about });
  if (work.outcome === "broken") {
    visit.site.log("error", "preset.original-broken", about);
    return { kind: "unavailable", retryAfterSeconds: BROKEN_RETRY_SECONDS };
  }
  if (!("content" in work) || (work.outcome !== "made" && !asked.mayStandIn)) {
    await dropContent(original);
    return presetMarker(original, work.outcome, visit);
  }
  const etag = work.outcome === "for-now" ? undefined : tags[work.outcome];
  return presetResponse(original, { ...work, etag }, visit);
}

/**
 * The date of the original says nothing of the recipe, so `If-Modified-Since` is not looked at; a later date than that of
 * `If-Unmodified-Since` does say that the result is another one.
 */
function preconditionOf({ request }: Visit, original: Response, etag: string): Precondition {
  const fields = new Headers(request.headers);
  fields.delete("If-Modified-Since");
  const lastModified = original.headers.get("Last-Modified");
  return evaluatePreconditions(fields, {
    etag,
    lastModifiedAt: lastModified === null ? undefined : parseHttpDate(lastModified),
  });
}

/** Strong entity tags: from the original's, the recipe and the format; and one for the original where it stands in for good. */
function entityTags(original: Response, { preset, format }: AskedPreset): Record<"made" | "original", string> {
  const { opaque = "" } = parseEntityTag(original.headers.get("ETag") ?? "") ?? {};
  const { width = "", height = "", fit, quality = "" } = preset;
  const recipe = `${opaque}-${width}x${height}-${fit}-q${quality}-${format}`;
  return { made: `"${recipe}"`, original: `"${recipe}-original"` };
}
