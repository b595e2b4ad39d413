import { type Caching, NO_STORE } from "../respond/caching.ts";
import { corsOf, setFields } from "../respond/fields.ts";
import { checkedCaching, openCaching } from "../respond/relayed-caching.ts";
import type { Visit } from "../visit.ts";

/** Cloudflare takes these out of what an entrypoint answers: for the one that asked, they stand under another name too. */
const TAKEN_OUT = ["Cloudflare-CDN-Cache-Control", "Cache-Tag"] as const;
const CARRIED = "X-Carried-";

/** A check was passed, and holds for so many seconds: Infinity when nothing ends it. */
export interface Checked {
  validSeconds: number;
}

/** An answer of an entrypoint as the one that asked for it gets it. */
export function carryOut(answer: Response): Response {
  for (const name of TAKEN_OUT) {
    const value = answer.headers.get(name);
    if (value !== null) answer.headers.set(CARRIED + name, value);
  }
  return answer;
}

/** The content of an answer of another entrypoint, with the caching and CORS fields of this request. */
export function relayed(inner: Response, visit: Visit, checked: Checked | undefined): Response {
  const response = new Response(inner.body, inner);
  const { headers } = response;
  for (const [name, value] of Object.entries(corsOf(visit))) {
    if (name === "Vary") addVaryField(headers, value);
    else headers.set(name, value);
  }
  for (const name of TAKEN_OUT) {
    const value = headers.get(CARRIED + name);
    headers.delete(CARRIED + name);
    if (value !== null) headers.set(name, value);
  }
  setFields(headers, cachingOf(response, visit, checked));
  // The lifetimes above are what is left. A browser would take the copy's age off again: it knows it from either field
  // (RFC 9111 §4.2.3).
  headers.delete("Age");
  headers.delete("Date");
  return response;
}

function cachingOf({ status, headers }: Response, { site }: Visit, checked: Checked | undefined): Caching {
  if (checked !== undefined && !isServed(status)) return NO_STORE;
  const copy = {
    "Cache-Control": headers.get("Cache-Control") ?? "no-store",
    "Cloudflare-CDN-Cache-Control": headers.get("Cloudflare-CDN-Cache-Control") ?? "no-store",
    ageSeconds: Number(headers.get("Age")) || 0,
  };
  if (checked === undefined) return openCaching(copy);
  return checkedCaching(copy, { ...checked, browserMaxAgeSeconds: site.settings.browserMaxAgeSeconds });
}

/** Whether an answer shows the image, or confirms it. */
export function isServed(status: number): boolean {
  return status === 200 || status === 206 || status === 304;
}

/** The entrypoint may have said it already. */
export function addVaryField(headers: Headers, name: string): void {
  const named = (headers.get("Vary") ?? "").split(",").map((part) => part.trim().toLowerCase());
  if (!named.includes(name.toLowerCase())) headers.append("Vary", name);
}
