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

/** `Retry-After` when the original broke off or stalled in the middle. The next request makes a new connection to B2. */
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

/**
 * Evaluates the preconditions for the outcome, which is the selected representation (RFC 9110 §13.1.1). A marker is never 412,
 * so that the gateway goes on to the next format.
 */
async function answerPreset({ visit, asked, original, transformer }: Work): Promise<Response | Rejection> {
  const tags = entityTags(original, asked);
  const early = decideEarly(visit, original, { asked, tags });
  if (early !== undefined) {
    await dropContent(original);
    return early;
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
  const precondition = preconditionOf(visit, original, etag);
  if (precondition !== "proceed" || visit.request.method === "HEAD") await dropContent(original);
  if (precondition === "precondition-failed") return { kind: "precondition-failed" };
  const answer = { ...work, etag };
  return precondition === "proceed"
    ? presetResponse(original, answer, visit)
    : presetNotModifiedResponse(original, answer, visit);
}

/** The answer that needs no transformation: the client has a result that is listed, or no outcome could pass. */
function decideEarly(visit: Visit, original: Response, { asked, tags }: Possible): Response | Rejection | undefined {
  const outcomes: (keyof EntityTags)[] = asked.mayStandIn ? ["made", "original"] : ["made"];
  const verdicts = outcomes.map((outcome) => ({ outcome, verdict: preconditionOf(visit, original, tags[outcome]) }));
  const confirmed = verdicts.find(({ verdict }) => verdict === "not-modified");
  // `*` confirms whatever it will be, and only the outcome tells the tag of the 304.
  if (confirmed !== undefined && visit.request.headers.get("If-None-Match")?.trim() !== "*") {
    const { outcome } = confirmed;
    return presetNotModifiedResponse(original, { outcome, etag: tags[outcome] }, visit);
  }
  // In these formats and without a right to the original, the outcome may be a marker.
  if (!asked.mayStandIn || asked.format === "avif" || asked.format === "same") return undefined;
  const fails = verdicts.every(({ verdict }) => verdict === "precondition-failed");
  return fails ? { kind: "precondition-failed" } : undefined;
}

/**
 * Evaluates the preconditions for one entity tag, or for none. `If-Modified-Since` is ignored, since the recipe may have
 * changed later than the original. `If-Unmodified-Since` counts: a changed original does mean another result.
 */
function preconditionOf({ request }: Visit, original: Response, etag: string | undefined): Precondition {
  const fields = new Headers(request.headers);
  fields.delete("If-Modified-Since");
  const lastModified = original.headers.get("Last-Modified");
  const now = Date.now();
  const lastModifiedAt = lastModified === null ? undefined : parseHttpDate(lastModified, now);
  return evaluatePreconditions(fields, { etag: etag ?? "", lastModifiedAt }, now);
}

interface Possible {
  asked: AskedPreset;
  tags: EntityTags;
}

type EntityTags = Record<"made" | "original", string>;

/** The strong entity tags of a result, from the original's tag, the recipe and the format; and of the original in its place. */
function entityTags(original: Response, { preset, format }: AskedPreset): EntityTags {
  const { opaque = "" } = parseEntityTag(original.headers.get("ETag") ?? "") ?? {};
  const { width = "", height = "", fit, quality = "" } = preset;
  const recipe = `${opaque}-${width}x${height}-${fit}-q${quality}-${format}`;
  return { made: `"${recipe}"`, original: `"${recipe}-original"` };
}
