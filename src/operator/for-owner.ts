/** No page of the owner's is kept by any cache, shown in a frame, or told to another site by a link. */
const FIELDS = {
  "Cache-Control": "no-store",
  "Cloudflare-CDN-Cache-Control": "no-store",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Cross-Origin-Opener-Policy": "same-origin",
};

/** An answer as it is for the owner alone, without content for HEAD. */
export function forOwner({ method }: Request, response: Response): Response {
  for (const [name, value] of Object.entries(FIELDS)) response.headers.set(name, value);
  response.headers.delete("Timing-Allow-Origin");
  const policy = response.headers.get("Content-Security-Policy") ?? "default-src 'none'";
  if (!policy.includes("frame-ancestors"))
    response.headers.set("Content-Security-Policy", `${policy}; frame-ancestors 'none'`);
  return method === "HEAD" ? new Response(null, response) : response;
}
