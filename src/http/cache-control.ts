/** One directive (RFC 9111 §5.2): a name, and perhaps a token or a quoted string. */
const DIRECTIVE = /([!#$%&'*+.^_`|~\w-]+)(?:[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*)))?/g;

/** Reads the directives of `Cache-Control`; names in lower case, `true` for one without a value. */
export function parseCacheControl(field: string): Map<string, string | true> {
  const directives = new Map<string, string | true>();
  for (const [, name = "", quoted, token] of field.matchAll(DIRECTIVE)) {
    directives.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, "$1") ?? token ?? true);
  }
  return directives;
}

/** Whether a shared cache may store the response: neither `no-store` nor `private` (RFC 9111 §3). */
export function allowsStoring(field: string): boolean {
  const directives = parseCacheControl(field);
  return !directives.has("no-store") && !directives.has("private");
}

/** How many seconds a cache may reuse the response: 0 for `no-cache`, Infinity when the field does not say. */
export function freshnessSeconds(field: string): number {
  const directives = parseCacheControl(field);
  if (directives.has("no-cache")) return 0;
  const maxAge = directives.get("max-age");
  return typeof maxAge === "string" && /^\d+$/.test(maxAge) ? Number(maxAge) : Number.POSITIVE_INFINITY;
}
