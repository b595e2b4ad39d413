import { type Caching, NO_STORE } from "../respond/caching.ts";
import { corsOf, setFields } from "../respond/fields.ts";
import { checkedCaching, openCaching } from "../respond/relayed-caching.ts";
import type { Visit } from "../visit.ts";

const EDGE_FIELD = "Cloudflare-CDN-Cache-Control";

/** Fields that Cloudflare removes from an entrypoint's answer. For the entrypoint that asks, they are repeated under another name. */
const TAKEN_OUT = [EDGE_FIELD, "Cache-Tag"];
const CARRIED = "X-Carried-";
const LIFETIMES = ["Cache-Control", EDGE_FIELD, CARRIED + EDGE_FIELD, "Age"];

/** A check that was passed, and for how many seconds it holds; Infinity: without end. */
export interface Checked {
  validSeconds: number;
}

/** Prepares an entrypoint's answer for the one that asked: repeats the fields that Cloudflare removes. */
export function carryOut(answer: Response): Response {
  for (const name of TAKEN_OUT) {
    const value = answer.headers.get(name);
    if (value !== null) answer.headers.set(CARRIED + name, value);
  }
  return answer;
}

/** Turns another entrypoint's answer into the answer to this request, with its own caching and CORS fields. */
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
  // The copy's age is already subtracted from the lifetimes above. From either of these fields a browser would subtract it
  // once more (RFC 9111 §4.2.3).
  headers.delete("Age");
  headers.delete("Date");
  return response;
}

/** An answer of an entrypoint with the lifetimes and the age of another one. */
export function withLifetimes(inner: Response, { headers: lifetimes }: Response): Response {
  const response = new Response(inner.body, inner);
  for (const name of LIFETIMES) {
    const value = lifetimes.get(name);
    if (value === null) response.headers.delete(name);
    else response.headers.set(name, value);
  }
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

/** Whether an answer has the image, or confirms the client's copy. */
export function isServed(status: number): boolean {
  return status === 200 || status === 206 || status === 304;
}

/** Adds a name to `Vary`, unless it is there already. */
export function addVaryField(headers: Headers, name: string): void {
  const named = (headers.get("Vary") ?? "").split(",").map((part) => part.trim().toLowerCase());
  if (!named.includes(name.toLowerCase())) headers.append("Vary", name);
}
