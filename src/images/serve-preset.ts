import { refusalByLimit } from "../access/limiter.ts";
import { isVersionOf } from "../b2/stored-file.ts";
import { evaluatePreconditions, type Precondition } from "../http/conditional.ts";
import { parseHttpDate } from "../http/date.ts";
import { dropContent } from "../http/drop-content.ts";
import { parseEntityTag } from "../http/entity-tag.ts";
import type { Rejection } from "../rejection.ts";
import { isOfProvenVersion } from "../respond/caching.ts";
import { presetMarker, presetNotModifiedResponse, presetResponse, sharedMarker } from "../respond/preset-response.ts";
import { problemResponse } from "../respond/problem-response.ts";
import { rayOf, type Visit } from "../visit.ts";
import { askForOriginal } from "./ask-images.ts";
import type { AskedPreset } from "./ask-presets.ts";
import { makePreset } from "./make-preset.ts";
import { relayed } from "./relay.ts";
import type { Transformer } from "./transform.ts";

/** `Retry-After` when the original broke off in the middle. The next request makes a new connection to B2. */
const BROKEN_RETRY_SECONDS = 5;

/** Answers a request for one preset of an image in one format. The original comes through the cache of `Images`. */
export async function servePreset(visit: Visit, asked: AskedPreset): Promise<Response> {
  const { missLimiter, transformer } = visit.site;
  const refusal = missLimiter && (await refusalByLimit(missLimiter, asked.clientAddress));
  if (refusal !== undefined) return problemResponse(refusal, visit);
  if (transformer === undefined) return problemResponse({ kind: "internal" }, visit);
  const original = relayed(await askForOriginal(visit, asked.versionedPath), visit, undefined);
  if (original.status !== 200) return original;
  const version = sharedVersion(original, asked);
  if (version !== undefined) {
    await dropContent(original);
    return sharedMarker(original, version, visit);
  }
  const answer = await answerPreset({ visit, asked, original, transformer });
  return answer instanceof Response ? answer : problemResponse(answer, visit);
}

/**
 * The version under which all results of this content are kept: its SHA-1, or none where B2 does not know that. Undefined when
 * the address names it already, or no version at all. Anybody can make up versions, and each result costs the owner money.
 */
function sharedVersion(original: Response, { versionedPath }: AskedPreset): string | undefined {
  const [, version] = /\?[^=]+=(.*)$/.exec(versionedPath) ?? [];
  const { opaque = "" } = parseEntityTag(original.headers.get("ETag") ?? "") ?? {};
  const sha1 = /^[0-9a-f]{40}$/.test(opaque) ? opaque : undefined;
  const isProven =
    version !== undefined &&
    (isVersionOf(version, { sha1, uploadTimestamp: null }) ||
      isOfProvenVersion(original.headers.get("Cloudflare-CDN-Cache-Control") ?? ""));
  return version === undefined || isProven ? undefined : (sha1 ?? "");
}

interface Work {
  visit: Visit;
  asked: AskedPreset;
  original: Response;
  transformer: Transformer;
}

/** Evaluates the preconditions first (RFC 9110 §13.2.2): a result that the client already has needs no transformation. */
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
  if (visit.request.method === "HEAD") await dropContent(original);
  const etag = work.outcome === "for-now" ? undefined : tags[work.outcome];
  return presetResponse(original, { ...work, etag }, visit);
}

/**
 * Evaluates the preconditions for one entity tag. `If-Modified-Since` is ignored, since the recipe may have changed later than
 * the original. `If-Unmodified-Since` counts: a changed original does mean another result.
 */
function preconditionOf({ request }: Visit, original: Response, etag: string): Precondition {
  const fields = new Headers(request.headers);
  fields.delete("If-Modified-Since");
  const lastModified = original.headers.get("Last-Modified");
  const now = Date.now();
  const lastModifiedAt = lastModified === null ? undefined : parseHttpDate(lastModified, now);
  return evaluatePreconditions(fields, { etag, lastModifiedAt }, now);
}

/** The strong entity tags of a result, from the original's tag, the recipe and the format; and of the original in its place. */
function entityTags(original: Response, { preset, format }: AskedPreset): Record<"made" | "original", string> {
  const { opaque = "" } = parseEntityTag(original.headers.get("ETag") ?? "") ?? {};
  const { width = "", height = "", fit, quality = "" } = preset;
  const recipe = `${opaque}-${width}x${height}-${fit}-q${quality}-${format}`;
  return { made: `"${recipe}"`, original: `"${recipe}-original"` };
}
