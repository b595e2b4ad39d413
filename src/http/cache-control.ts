/** One directive (RFC 9111 §5.2): a name, optionally with a token or a quoted string. */
const DIRECTIVE = /([!#$%&'*+.^_`|~\w-]+)(?:[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*)))?/g;
/** The most that caches need to represent (RFC 9111 §1.2.2). */
const MOST_SECONDS = 2_147_483_648;

export type Directives = ReadonlyMap<string, string | true>;

/** Reads `Cache-Control`. Names are in lower case; `true` stands for no value; the first of several counts (RFC 9111 §4.2.1). */
export function parseCacheControl(field: string): Directives {
  const directives = new Map<string, string | true>();
  for (const [, name = "", quoted, token] of field.matchAll(DIRECTIVE)) {
    const key = name.toLowerCase();
    if (!directives.has(key)) directives.set(key, quoted?.replace(/\\(.)/g, "$1") ?? token ?? true);
  }
  return directives;
}

/** The seconds of a directive; undefined when it is missing or not a number. */
export function secondsOf(directives: Directives, name: string): number | undefined {
  const value = directives.get(name);
  return typeof value === "string" && /^\d+$/.test(value) ? Math.min(Number(value), MOST_SECONDS) : undefined;
}

/** Subtracts an age from the lifetimes in `Cache-Control` (RFC 9111 §5.2.2.1, §5.2.2.10), for a copy that is sent on without `Age`. */
export function reduceLifetimes(field: string, ageSeconds: number): string {
  return field.replace(/(?<![\w-])((?:s-maxage|max-age)[ \t]*=[ \t]*"?)(\d+)/gi, (_, name: string, seconds: string) => {
    return name + Math.max(0, Number(seconds) - ageSeconds);
  });
}
