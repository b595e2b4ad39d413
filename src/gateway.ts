import { decideAccess } from "./access/decide-access.ts";
import { type MissLimiter, overLimit } from "./access/limiter.ts";
import { canonicalPath, readPath } from "./b2/file-name.ts";
import { dropContent } from "./http/drop-content.ts";
import { cutUrl, linkedBucket, locate, type RawUrl, type Target } from "./locate.ts";
import type { Rejection } from "./rejection.ts";
import { notFoundFileResponse } from "./respond/file-response.ts";
import { preflightResponse } from "./respond/preflight-response.ts";
import { problemResponse } from "./respond/problem-response.ts";
import { relayedResponse } from "./respond/relayed-response.ts";
import type { Isolate } from "./site.ts";
import type { Caller } from "./token/source.ts";

/** One request and what Cloudflare gives with it. */
export interface Visit {
  request: Request;
  isolate: Isolate;
  limiter: MissLimiter | undefined;
  caller: Caller;
  /** Asks the `Images` entrypoint, through its cache. */
  askImages: (request: Request) => Promise<Response>;
}

/** What a browser's request tells `Images`: no cookie, no credential, no origin. */
const FORWARDED_FIELDS = [
  "Range",
  "If-Match",
  "If-None-Match",
  "If-Modified-Since",
  "If-Unmodified-Since",
  "If-Range",
  "Accept",
  "CF-Ray",
];
/** Tells `Images` who is asking, for the limiter. `Images` cannot be reached from outside, so nobody can forge it. */
const CLIENT_FIELD = "X-Client-Address";

/** What an image answers to (RFC 9110 §10.2.1). */
const IMAGE_METHODS = "GET, HEAD, OPTIONS";

/** A request from outside: which file, who may see it, and from where its answer comes. */
export async function answerVisitor(visit: Visit): Promise<Response> {
  const { request, isolate } = visit;
  const { settings } = isolate;
  if (request.method === "OPTIONS") return preflightResponse(IMAGE_METHODS, { settings, request });
  if (request.method !== "GET" && request.method !== "HEAD") {
    return refuse(visit, { kind: "method-not-allowed", allow: IMAGE_METHODS });
  }
  const raw = cutUrl(request.url);
  if (!(await isOwnBucket(raw, visit))) return refuse(visit, { kind: "not-found" });
  const target = locate(raw, settings);
  if (target.kind !== "target") return refuse(visit, target);
  const now = Date.now();
  const access = await decideAccess({ ...target, settings, request, now, checkSignature: isolate.checkSignature });
  switch (access.kind) {
    case "open":
      return await answerOpen(visit, target);
    case "granted":
      return relayedResponse(await askImagesFor(visit, target.canonicalPath), { settings, request }, access);
    case "refused":
      // Anybody may come without a signature; a bad one tells the owner why a link does not open.
      if (access.signatureFault !== undefined && access.signatureFault !== "missing") {
        const { ray } = visit.caller;
        isolate.log("warn", "signature.refused", { ray, file: target.path, reason: access.signatureFault });
      }
      return refuse(visit, access.rejection);
  }
}

/** A request of the `Images` entrypoint: every check was made, and its URL is the canonical one. */
export async function answerImage(visit: Visit): Promise<Response> {
  const reading = readPath(cutUrl(visit.request.url).path);
  if (reading.kind === "bad") return refuse(visit, { kind: "bad-request", detail: reading.detail });
  return await serve(visit, { path: reading.path, clientAddress: visit.request.headers.get(CLIENT_FIELD) });
}

/** Nearly every request is an open one for its canonical URL: it is not worth a second entrypoint (platform §2.1). */
async function answerOpen(visit: Visit, target: Target): Promise<Response> {
  const { request, isolate } = visit;
  // With a list of origins an answer varies by Origin: the bytes are then fetched once for all of them.
  const varies = isolate.settings.corsOrigins.kind === "list" && request.headers.has("Origin");
  if (target.isCanonical && !varies) {
    return await serve(visit, { path: target.path, clientAddress: clientAddress(request) });
  }
  return relayedResponse(await askImagesFor(visit, target.canonicalPath), { settings: isolate.settings, request });
}

async function serve(visit: Visit, { path, clientAddress }: { path: string; clientAddress: string | null }) {
  const { request, isolate, caller, limiter } = visit;
  const { settings } = isolate;
  if (limiter !== undefined && (await overLimit(limiter, clientAddress))) {
    return refuse(visit, { kind: "too-many-requests", retryAfterSeconds: 60 });
  }
  const answer = await isolate.serveImage({ path, request, settings, caller });
  if (answer instanceof Response) return answer;
  const fromFile = answer.kind === "not-found" ? await notFoundFile(visit, path) : undefined;
  return fromFile ?? refuse(visit, answer);
}

/** The owner's own page for a 404, through the cache, so that a wrong link does not cost two calls to B2. */
async function notFoundFile(visit: Visit, missingPath: string): Promise<Response | undefined> {
  const { settings } = visit.isolate;
  const { request } = visit;
  if (settings.notFoundFile === undefined || settings.notFoundFile === missingPath) return undefined;
  const url = new URL(canonicalPath(settings.notFoundFile), request.url);
  const page = await visit.askImages(new Request(url, { method: request.method }));
  if (page.status === 200) return notFoundFileResponse(page, { settings, request });
  await dropContent(page);
  return undefined;
}

async function askImagesFor({ request, askImages }: Visit, path: string): Promise<Response> {
  const headers = new Headers();
  for (const name of FORWARDED_FIELDS) {
    const value = request.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  headers.set(CLIENT_FIELD, clientAddress(request) ?? "");
  return await askImages(new Request(new URL(path, request.url), { method: request.method, headers }));
}

/** B2's own links name the bucket; the name may only be known with the token. */
async function isOwnBucket({ path }: RawUrl, { isolate, caller }: Visit): Promise<boolean> {
  const bucket = linkedBucket(path);
  if (bucket === undefined) return true;
  return bucket === (isolate.settings.bucketName ?? (await isolate.tokens.get(caller)).bucketName);
}

function refuse({ request, isolate }: Visit, rejection: Rejection): Response {
  return problemResponse(rejection, { request, settings: isolate.settings });
}

function clientAddress(request: Request): string | null {
  return request.headers.get("CF-Connecting-IP");
}
