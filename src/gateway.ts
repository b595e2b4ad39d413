import { decideAccess } from "./access/decide-access.ts";
import { hasOwnCacheKey } from "./http/cache-key.ts";
import { askImages, clientAddress } from "./images/ask-images.ts";
import { serveImage } from "./images/serve-image.ts";
import { cutUrl, locate, type Target } from "./locate.ts";
import { preflightResponse } from "./respond/preflight-response.ts";
import { problemResponse } from "./respond/problem-response.ts";
import { rayOf, type Visit } from "./visit.ts";

/** What an image answers to (RFC 9110 §10.2.1). */
const IMAGE_METHODS = "GET, HEAD, OPTIONS";

/** A request from outside: which file, who may see it, and from where its answer comes. */
export async function answerVisitor(visit: Visit): Promise<Response> {
  const { request, site } = visit;
  if (request.method === "OPTIONS") return preflightResponse(IMAGE_METHODS, visit);
  if (request.method !== "GET" && request.method !== "HEAD") {
    return problemResponse({ kind: "method-not-allowed", allow: IMAGE_METHODS }, visit);
  }
  const target = locate(cutUrl(request.url), site.settings);
  if (target.kind !== "target") return problemResponse(target, visit);
  if (!(await isOwnBucket(target, visit))) return problemResponse({ kind: "not-found" }, visit);
  const now = Date.now();
  const { settings, checkSignature } = site;
  const access = await decideAccess({ ...target, settings, request, now, checkSignature });
  switch (access.kind) {
    case "open":
      return await answerOpen(visit, target);
    case "granted":
      return await askImages(visit, target, access);
    case "refused":
      // Anybody may come without a signature; a bad one tells the owner why a link does not open.
      if (access.signatureFault !== undefined && access.signatureFault !== "missing") {
        site.log("warn", "signature.refused", {
          ray: rayOf(request),
          file: target.path,
          reason: access.signatureFault,
        });
      }
      return problemResponse(access.rejection, visit);
  }
}

/**
 * Nearly every request is an open one for its canonical URL: a second entrypoint would cost it 60 % more CPU (measured).
 * Any other could be a miss each time that a client likes, so B2 is asked through the cache of `Images`.
 */
async function answerOpen(visit: Visit, target: Target): Promise<Response> {
  const { request, site } = visit;
  // With a list of origins an answer varies by Origin: the bytes are then fetched once for all of them.
  const varies = site.settings.corsOrigins.kind === "list" && request.headers.has("Origin");
  if (!target.isCanonical || varies || hasOwnCacheKey(request.headers)) return await askImages(visit, target);
  const { path, canonicalPath, version } = target;
  return await serveImage(visit, { path, canonicalPath, version, clientAddress: clientAddress(request) });
}

/** B2's own links name the bucket; its name may only be known with the token. */
async function isOwnBucket({ linkedBucket }: Target, { site, request, ctx }: Visit): Promise<boolean> {
  if (linkedBucket === undefined) return true;
  const caller = { ray: rayOf(request), waitUntil: (work: Promise<unknown>) => ctx.waitUntil(work) };
  return linkedBucket === (site.settings.bucketName ?? (await site.tokens.get(caller)).bucketName);
}
