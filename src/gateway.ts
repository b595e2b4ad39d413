import { clientAddress } from "./access/client-address.ts";
import {
  type Access,
  decideAccess,
  FORBIDDEN,
  type Granted,
  hasGoodReferer,
  isOpenToAll,
} from "./access/decide-access.ts";
import { decideFolderAccess, type FolderAccess } from "./access/decide-folder-access.ts";
import { isPrivate } from "./access/private-prefix.ts";
import type { SignatureFault } from "./access/signed-url.ts";
import { logFault, rejectionOfFault } from "./fault.ts";
import { answerFolder } from "./gallery/answer-folder.ts";
import { hasOwnCacheKey } from "./http/cache-key.ts";
import { dropContent } from "./http/drop-content.ts";
import { answerNotFound } from "./images/answer-not-found.ts";
import { askImages } from "./images/ask-images.ts";
import { askPresets } from "./images/ask-presets.ts";
import type { Checked } from "./images/relay.ts";
import { serveImage } from "./images/serve-image.ts";
import { cutUrl, type Folder, locate, type Target } from "./locate.ts";
import type { Rejection } from "./rejection.ts";
import { preflightResponse } from "./respond/preflight-response.ts";
import { problemResponse } from "./respond/problem-response.ts";
import { bucketNameOf, rayOf, type Visit } from "./visit.ts";

/** The methods that files and folders answer to (RFC 9110 §10.2.1). */
const METHODS = "GET, HEAD, OPTIONS";

/** Answers a visitor's request: finds the file or folder, checks access, and gets the answer from where it is cached. */
export function answerVisitor(visit: Visit): Response | Promise<Response> {
  const { request, site } = visit;
  const { method } = request;
  if (method === "OPTIONS") return preflightResponse(METHODS, visit);
  if (method !== "GET" && method !== "HEAD") {
    return problemResponse({ kind: "method-not-allowed", allow: METHODS }, visit);
  }
  const place = locate(cutUrl(request.url), site.settings);
  if (place.kind !== "target" && place.kind !== "folder") return problemResponse(place, visit);
  return place.linkedBucket === undefined ? answerPlace(visit, place) : answerLink(visit, place, place.linkedBucket);
}

function answerPlace(visit: Visit, place: Target | Folder): Promise<Response> {
  return place.kind === "target" ? answerFile(visit, place) : lookAtFolder(visit, place);
}

/** Answers a URL in the form of B2's own links, which name the bucket. Another bucket is 404. */
async function answerLink(visit: Visit, place: Target | Folder, bucket: string): Promise<Response> {
  let own: string;
  try {
    own = await bucketNameOf(visit);
  } catch (error) {
    logFault(visit.site.log, error, { ray: rayOf(visit.request), file: place.path });
    return problemResponse(rejectionOfFault(error, Date.now()), visit);
  }
  return bucket === own ? await answerPlace(visit, place) : problemResponse({ kind: "not-found" }, visit);
}

function answerFile(visit: Visit, target: Target): Promise<Response> {
  const access = fileAccess(visit, target);
  return access === undefined ? answerOpen(visit, target) : answerChecked(visit, target, access);
}

async function answerChecked(visit: Visit, target: Target, checking: Promise<Access>): Promise<Response> {
  const access = await checking;
  if (access.kind === "granted") return await answerGranted(visit, target, access);
  logRefusal(visit, target.path, access.signatureFault);
  return problemResponse(access.rejection, visit);
}

/** Answers with a folder's index file, else with its gallery if the visitor may look at it. */
async function lookAtFolder(visit: Visit, folder: Folder): Promise<Response> {
  const { settings, checkSignature } = visit.site;
  const access = await decideFolderAccess({ ...folder, settings, checkSignature, now: Date.now() });
  switch (access.kind) {
    case "listed":
    case "granted":
      return (await indexOf(visit, folder, access)) ?? (await answerFolder(visit, folder, access));
    case "unlisted":
      return folder.index === undefined ? await answerNotFound(visit, folder) : await answerFile(visit, folder.index);
    case "refused":
      // A link to the index file itself opens its folder's address too.
      if (folder.index !== undefined) return await answerFile(visit, folder.index);
      logRefusal(visit, folder.path, access.signatureFault);
      return problemResponse(access.rejection, visit);
  }
}

/** The answer with the index file of a folder that may be looked at; undefined when there is no such file. */
async function indexOf(visit: Visit, { index }: Folder, folder: FolderAccess): Promise<Response | undefined> {
  if (index === undefined) return undefined;
  const wanted = { ...index, isLookUp: true };
  const answer =
    folder.kind === "granted" ? await linkedIndex(visit, wanted, folder) : await listedIndex(visit, wanted);
  if (answer.status !== 404) return answer;
  await dropContent(answer);
  return undefined;
}

/** The index file of a folder that a signed link opened. The link does not replace a good referer. */
function linkedIndex(visit: Visit, index: Target, link: Checked): Promise<Response> {
  const { request, site } = visit;
  const mayHaveFiles = hasGoodReferer({ request, settings: site.settings });
  return mayHaveFiles ? askImages(visit, index, link) : refuseIfThere(visit, index, FORBIDDEN);
}

async function listedIndex(visit: Visit, index: Target): Promise<Response> {
  const access = await fileAccess(visit, index);
  if (access === undefined) return await answerOpen(visit, index);
  if (access.kind === "granted") return await answerGranted(visit, index, access);
  // The answer must not reveal whether a private file exists.
  if (isPrivate(index.path, visit.site.settings)) return problemResponse(access.rejection, visit);
  return await refuseIfThere(visit, index, access.rejection);
}

/**
 * Hotlink rules apply to an index file, but not to the gallery that is shown where there is none. So a 404 stays one, and so
 * does an answer that tells nothing of the file, such as 503.
 */
async function refuseIfThere(visit: Visit, index: Target, rejection: Rejection): Promise<Response> {
  const answer = await askImages(visit, { ...index, versionedPath: index.canonicalPath });
  if (!isThere(answer)) return answer;
  await dropContent(answer);
  return problemResponse(rejection, visit);
}

/** Whether an answer shows that the file is there. */
function isThere({ status }: Response): boolean {
  return status < 400 || status === 412 || status === 416;
}

/** Undefined: the file is open to everybody. */
function fileAccess({ request, site }: Visit, file: Target): Promise<Access> | undefined {
  const { settings, checkSignature } = site;
  if (isOpenToAll(file.path, settings)) return undefined;
  return decideAccess({ file, settings, request, now: Date.now(), checkSignature });
}

/**
 * Nearly every request is for a public image at its canonical URL. Asking a second entrypoint would cost it 60 % more CPU
 * (measured). A client could make any other request miss the cache at will, so those go through the cache of `Images`.
 */
function answerOpen(visit: Visit, target: Target): Promise<Response> {
  const { request, site } = visit;
  if (target.preset !== undefined) return askPresets(visit, { ...target, preset: target.preset });
  // With a list of origins the answer varies by Origin. `Images` fetches the content once for all of them.
  const varies = site.settings.corsOrigins.kind === "list" && request.headers.has("Origin");
  if (!target.isCanonical || varies || hasOwnCacheKey(request.headers)) return askImages(visit, target);
  const { path, canonicalPath, version, isLookUp = false } = target;
  return serveImage(visit, { path, canonicalPath, version, isLookUp, clientAddress: clientAddress(request) });
}

function answerGranted(visit: Visit, target: Target, access: Granted): Promise<Response> {
  const { preset } = target;
  return preset === undefined ? askImages(visit, target, access) : askPresets(visit, { ...target, preset }, access);
}

/** Logs a bad signature, so that the owner learns why a link does not open. A missing one is nothing special. */
function logRefusal({ site, request }: Visit, file: string, reason: SignatureFault | undefined): void {
  if (reason === undefined || reason === "missing") return;
  site.log("warn", "signature.refused", { ray: rayOf(request), file, reason });
}
