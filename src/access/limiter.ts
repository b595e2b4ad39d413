import type { Rejection } from "../rejection.ts";

/** The part of Cloudflare's rate-limit binding that is used here. */
export interface RateLimiter {
  limit(options: { key: string }): Promise<{ success: boolean }>;
}

/** An empty or loopback address, as `wrangler dev` gives. */
const LOCAL_ADDRESS = /^(?:|::1|(?:::ffff:)?127(?:\.\d{1,3}){3})$/i;

/** The period of the limits in wrangler.toml. */
const PERIOD_SECONDS = 60;

/** Counts a request of a client, and gives the refusal if that is over the limit. */
export async function refusalByLimit(limiter: RateLimiter, address: string | null): Promise<Rejection | undefined> {
  const isOver = await overLimit(limiter, address);
  return isOver ? { kind: "too-many-requests", retryAfterSeconds: PERIOD_SECONDS } : undefined;
}

/** Whether a client is over the limit; the call itself counts. A limiter that fails lets everybody through. */
export async function overLimit(limiter: RateLimiter, address: string | null): Promise<boolean> {
  // Cloudflare gives every visitor an address, and never a loopback one. Without one, the request is local and has no cache in
  // front, or is one that an inner entrypoint makes for a visitor who has been counted.
  if (address === null || LOCAL_ADDRESS.test(address)) return false;
  try {
    return !(await limiter.limit({ key: clientKey(address) })).success;
  } catch {
    return false;
  }
}

/** The key of a client: its IPv4 address, or the /64 of its IPv6 address, since one client usually has a whole /64. */
export function clientKey(address: string): string {
  if (!address.includes(":")) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped?.[1] !== undefined) return mapped[1];
  return `${networkOf(address).join(":")}::/64`;
}

/** The first four groups of an IPv6 address, without leading zeros; `::` is written out. */
function networkOf(address: string): string[] {
  const [head = "", tail] = address.toLowerCase().split("::");
  const first = groupsOf(head);
  const last = groupsOf(tail ?? "");
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - first.length - last.length);
  const groups = [...first, ...Array.from({ length: zeros }, () => "0"), ...last];
  return groups.slice(0, 4).map((group) => group.replace(/^0+(?=.)/, ""));
}

function groupsOf(text: string): string[] {
  return text === "" ? [] : text.split(":");
}
