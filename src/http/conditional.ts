import { parseHttpDate } from "./date.ts";
import { type EntityTag, parseEntityTag, parseEntityTags, strongMatch, weakMatch } from "./entity-tag.ts";

/** The validators of the selected representation. */
export interface Validators {
  /** The value of the `ETag` field, with its quotes. */
  etag: string;
  /** ms since the epoch, in whole seconds. */
  lastModifiedAt: number | undefined;
}

export type Precondition = "proceed" | "not-modified" | "precondition-failed";

/** Evaluates the preconditions of a GET or HEAD in the order of RFC 9110 §13.2.2, without `If-Range`. Malformed dates are ignored. `now`: ms since the epoch. */
export function evaluatePreconditions(fields: Headers, validators: Validators, now: number): Precondition {
  const ifMatch = fields.get("If-Match");
  if (ifMatch !== null) {
    if (!matchesAny(ifMatch, validators, strongMatch)) return "precondition-failed";
  } else if (isModifiedSince(fields.get("If-Unmodified-Since"), validators, now) === true) {
    return "precondition-failed";
  }
  const ifNoneMatch = fields.get("If-None-Match");
  if (ifNoneMatch !== null) return matchesAny(ifNoneMatch, validators, weakMatch) ? "not-modified" : "proceed";
  return isModifiedSince(fields.get("If-Modified-Since"), validators, now) === false ? "not-modified" : "proceed";
}

/**
 * Whether `If-Range` lets a range apply (RFC 9110 §13.1.5): it is a strong entity tag that matches, or exactly the date of
 * `Last-Modified`. That date is a strong validator here, since a file at B2 never changes and a later upload has a later time.
 */
export function ifRangeHolds(field: string, { etag, lastModifiedAt }: Validators, now: number): boolean {
  const asked = parseEntityTag(field);
  const own = parseEntityTag(etag);
  if (asked !== undefined) return own !== undefined && strongMatch(asked, own);
  return lastModifiedAt !== undefined && parseHttpDate(field, now) === lastModifiedAt;
}

function matchesAny(
  field: string,
  { etag }: Validators,
  match: (one: EntityTag, other: EntityTag) => boolean,
): boolean {
  const asked = parseEntityTags(field);
  const own = parseEntityTag(etag);
  return asked === "*" || (own !== undefined && asked.some((tag) => match(tag, own)));
}

/** Undefined when the field is absent or malformed, or the representation has no date. */
function isModifiedSince(field: string | null, { lastModifiedAt }: Validators, now: number): boolean | undefined {
  const since = field === null ? undefined : parseHttpDate(field, now);
  return since === undefined || lastModifiedAt === undefined ? undefined : lastModifiedAt > since;
}
