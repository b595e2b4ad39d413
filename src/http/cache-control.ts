/** One directive (RFC 9111 §5.2): a name, and perhaps a token or a quoted string. */
const DIRECTIVE = /([!#$%&'*+.^_`|~\w-]+)(?:[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*)))?/g;
/** What caches count up to (RFC 9111 §1.2.2). */
const MOST_SECONDS = 2_147_483_648;

export type Directives = ReadonlyMap<string, string | true>;

/** Reads the directives of `Cache-Control`; names in lower case, `true` for one without a value, the first of several (§4.2.1). */
export function parseCacheControl(field: string): Directives {
  const directives = new Map<string, string | true>();
  for (const [, name = "", quoted, token] of field.matchAll(DIRECTIVE)) {
    const key = name.toLowerCase();
    if (!directives.has(key)) directives.set(key, quoted?.replace(/\\(.)/g, "$1") ?? token ?? true);
  }
  return directives;
}

/** The seconds that a directive names; undefined without it, and when it does not hold a number. */
export function secondsOf(directives: Directives, name: string): number | undefined {
  const value = directives.get(name);
  return typeof value === "string" && /^\d+$/.test(value) ? Math.min(Number(value), MOST_SECONDS) : undefined;
}

/** The field for a copy that is so many seconds old, when its age is not told beside it (§5.2.2.1, §5.2.2.10). */
export function reduceLifetimes(field: string, ageSeconds: number): string {
  return field.replace(/(?<![\w-])((?:s-maxage|max-age)[ \t]*=[ \t]*"?)(\d+)/gi, (_, name: string, seconds: string) => {
    return name + Math.max(0, Number(seconds) - ageSeconds);
  });
}
