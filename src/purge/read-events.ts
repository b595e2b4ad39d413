import * as v from "valibot";

const batchSchema = v.object({ events: v.array(v.unknown()) });
const eventSchema = v.object({
  eventType: v.string(),
  eventId: v.pipe(v.string(), v.minLength(1)),
  bucketName: v.string(),
  objectName: v.string(),
});

/** An event notification of B2 about one file. */
export type FileEvent = v.InferOutput<typeof eventSchema>;

export interface EventBatch {
  events: FileEvent[];
  /** How many events were not in the documented form. They are skipped: if they were refused, B2 would send the batch again. */
  broken: number;
}

/** The types of events after which a name has other content. Others, such as the test event, need no purge. */
const CHANGES = ["b2:ObjectCreated:", "b2:ObjectDeleted:", "b2:HideMarkerCreated:"];

/**
 * Reads a batch of event notifications; undefined when the content is not one.
 * Source: https://www.backblaze.com/docs/cloud-storage-event-notifications-reference-guide
 */
export function readEvents(body: ArrayBuffer): EventBatch | undefined {
  const batch = v.safeParse(batchSchema, parseJson(body));
  if (!batch.success) return undefined;
  const parsed = batch.output.events.map((event) => v.safeParse(eventSchema, event));
  const events = parsed.flatMap(({ success, output }) => (success ? [output] : []));
  return { events, broken: parsed.length - events.length };
}

/** Whether the event changes what is served under a file's name. */
export function changesFile({ eventType }: FileEvent): boolean {
  return CHANGES.some((type) => eventType.startsWith(type));
}

function parseJson(body: ArrayBuffer): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}
