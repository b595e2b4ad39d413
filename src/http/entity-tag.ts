/** An entity tag (RFC 9110 §8.8.3). */
export interface EntityTag {
  isWeak: boolean;
  /** The text between the quotes. */
  opaque: string;
}

/** `[W/]"…"`: no quote, space or control character inside. */
const ENTITY_TAG = /^(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"$/;
/**
 * One member of a list and the comma after it. A comma may be inside the quotes, and members may be empty (RFC 9110 §5.6.1).
 * The expression never has two runs of spaces side by side: it would try every way to divide the spaces between them, and
 * 100 KB of spaces would take seconds.
 */
const MEMBER = /[ \t]*(?:((?:W\/)?"[\x21\x23-\x7e\x80-\xff]*")[ \t]*)?(?:,|$)/y;

/** Reads one entity tag; undefined when it is malformed. */
export function parseEntityTag(text: string): EntityTag | undefined {
  const match = ENTITY_TAG.exec(text);
  return match === null ? undefined : { isWeak: match[1] !== undefined, opaque: match[2] ?? "" };
}

/** Reads `If-Match` or `If-None-Match`. A malformed list counts as empty, so it matches nothing. */
export function parseEntityTags(field: string): "*" | EntityTag[] {
  if (field.trim() === "*") return "*";
  const tags: EntityTag[] = [];
  MEMBER.lastIndex = 0;
  while (MEMBER.lastIndex < field.length) {
    const match = MEMBER.exec(field);
    if (match === null) return [];
    const tag = match[1] === undefined ? undefined : parseEntityTag(match[1]);
    if (tag !== undefined) tags.push(tag);
  }
  return tags;
}

/** Strong comparison (RFC 9110 §8.8.3.2): both are strong and the same. */
export function strongMatch(one: EntityTag, other: EntityTag): boolean {
  return !one.isWeak && !other.isWeak && one.opaque === other.opaque;
}

/** Weak comparison (RFC 9110 §8.8.3.2): they are the same, weak or not. */
export function weakMatch(one: EntityTag, other: EntityTag): boolean {
  return one.opaque === other.opaque;
}
