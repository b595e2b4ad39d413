/** Tells an inner entrypoint who is asking, for its limiter. None can be reached from outside, so nobody can forge it. */
export const CLIENT_FIELD = "X-Client-Address";

/** The address that Cloudflare gives for who is asking. */
export function clientAddress(request: Request): string | null {
  return request.headers.get("CF-Connecting-IP");
}
