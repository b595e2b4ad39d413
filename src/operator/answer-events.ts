import { rejectionOfFault } from "../fault.ts";
import { describeError } from "../log.ts";
import { cachesOf } from "../purge/caches.ts";
import type { Purge } from "../purge/purge-queue.ts";
import { targetOfFileName } from "../purge/purge-target.ts";
import type { PurgeResult } from "../purge/purger.ts";
import { changesFile, type EventBatch, type FileEvent, readEvents } from "../purge/read-events.ts";
import { NO_STORE } from "../respond/caching.ts";
import { problemResponse } from "../respond/problem-response.ts";
import { bucketNameOf, rayOf, type Visit } from "../visit.ts";

const SIGNATURE_FIELD = "X-Bz-Event-Notification-Signature";
/** B2 sends a batch again when it gets no answer within three seconds. */
const WITHIN_MS = 2_500;

/** `POST /-/events`: B2's event notifications. Checks their signature and purges the files that have changed. */
export async function answerEvents(visit: Visit): Promise<Response> {
  const { request, site } = visit;
  const ray = rayOf(request);
  if (site.verifyEvents === undefined) return problemResponse({ kind: "not-found" }, { request });
  const body = await request.arrayBuffer();
  if (!(await site.verifyEvents(body, request.headers.get(SIGNATURE_FIELD)))) {
    site.log("warn", "events.refused", { ray, advice: "Does B2's rule have the secret of B2_EVENT_SIGNING_SECRET?" });
    return problemResponse({ kind: "forbidden", detail: "The signature does not match the content." }, visit);
  }
  const batch = readEvents(body);
  if (batch === undefined) {
    return problemResponse(
      { kind: "bad-request", detail: "The content is not a batch of event notifications." },
      visit,
    );
  }
  try {
    const purges = purgesOf(batch.events, { settings: site.settings, bucketName: await bucketNameOf(visit) });
    const work = site.purge({ purges, caches: cachesOf(visit), withinMs: WITHIN_MS });
    // B2 may hang up, but other requests wait for this purge too.
    visit.ctx.waitUntil(work);
    return respond(visit, { batch, purges, result: await work });
  } catch (error) {
    site.log("error", "events.failed", { ray, error: describeError(error) });
    return problemResponse(rejectionOfFault(error, Date.now()), visit);
  }
}

function purgesOf(events: FileEvent[], places: Parameters<typeof targetOfFileName>[1]): Purge[] {
  return events.flatMap((event) => {
    const isOurs = changesFile(event) && event.bucketName === places.bucketName;
    const target = isOurs ? targetOfFileName(event.objectName, places) : undefined;
    return target === undefined ? [] : [{ ...target, id: `event ${event.eventId}`, everything: false, isEvent: true }];
  });
}

interface Outcome {
  batch: EventBatch;
  purges: Purge[];
  result: PurgeResult;
}

function respond(visit: Visit, { batch, purges, result }: Outcome): Response {
  const { log } = visit.site;
  const ray = rayOf(visit.request);
  const counts = { files: purges.length, ignored: batch.events.length - purges.length, broken: batch.broken };
  if (batch.broken > 0) log("warn", "events.broken", { ray, ...counts });
  if (result.kind !== "waiting") {
    if (purges.length > 0) log("info", "purge.done", { ray, by: "event", cache: result.kind, ...counts });
    return Response.json({ status: result.kind, ...counts }, { headers: { ...NO_STORE } });
  }
  const { left, faults, retryAfterSeconds } = result;
  log("warn", "purge.waiting", { ray, by: "event", left: left.length, fault: faults[0]?.message });
  const detail = "Cloudflare accepts no more purges at the moment. Send the same content again later.";
  return problemResponse({ kind: "unavailable", detail, retryAfterSeconds }, visit);
}
