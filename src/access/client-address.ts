/** The field that tells an inner entrypoint the visitor's address, for its limiter. No visitor can reach one and forge it. */
export const CLIENT_FIELD = "X-Client-Address";

/** The visitor's IP address, as Cloudflare states it; null without Cloudflare. */
export function clientAddress(request: Request): string | null {
  return request.headers.get("CF-Connecting-IP");
}
