import * as v from "valibot";

const batchSchema = v.object({ events: v.array(v.unknown()) });
const eventSchema = v.object({
  eventType: v.string(),
  eventId: v.pipe(v.string(), v.minLength(1)),
  bucketName: v.string(),
  objectName: v.string(),
});

/** What B2 tells of a file. */
export type FileEvent = v.InferOutput<typeof eventSchema>;

export interface EventBatch {
  events: FileEvent[];
  /** How many were not as B2 documents them. They are left out, so that the others do not come again for ever. */
  broken: number;
}

/** The types after which a name shows something else; with others, such as the test event, nothing is to be done. */
const CHANGES = ["b2:ObjectCreated:", "b2:ObjectDeleted:", "b2:HideMarkerCreated:"];

/**
 * Reads a batch of event notifications; undefined when it is none.
 * Source: https://www.backblaze.com/docs/cloud-storage-event-notifications-reference-guide
 */
export function readEvents(body: ArrayBuffer): EventBatch | undefined {
  const batch = v.safeParse(batchSchema, parseJson(body));
  if (!batch.success) return undefined;
  const parsed = batch.output.events.map((event) => v.safeParse(eventSchema, event));
  const events = parsed.flatMap(({ success, output }) => (success ? [output] : []));
  return { events, broken: parsed.length - events.length };
}

/** Whether another version of a file is shown after the event, or none. */
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
