/** Keeps the owner's pages out of caches and frames, and their addresses from other sites. */
const FIELDS = {
  "Cache-Control": "no-store",
  "Cloudflare-CDN-Cache-Control": "no-store",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Cross-Origin-Opener-Policy": "same-origin",
};

/** Adds the fields of the owner's pages to a response, and drops its content for HEAD. */
export function forOwner({ method }: Request, response: Response): Response {
  for (const [name, value] of Object.entries(FIELDS)) response.headers.set(name, value);
  response.headers.delete("Timing-Allow-Origin");
  const policy = response.headers.get("Content-Security-Policy") ?? "default-src 'none'";
  if (!policy.includes("frame-ancestors"))
    response.headers.set("Content-Security-Policy", `${policy}; frame-ancestors 'none'`);
  return method === "HEAD" ? new Response(null, response) : response;
}
