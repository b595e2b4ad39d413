import * as v from "valibot";
import { bucketOf, type Call, requireRights, textOf } from "./call.ts";
import { parse } from "./parse.ts";
import { badRequest } from "./problem.ts";

/** What the local B2 sends, and what it takes but has no occasion to send. */
const EVENT_TYPES = [
  "b2:ObjectCreated:*",
  "b2:ObjectCreated:Upload",
  "b2:ObjectCreated:MultipartUpload",
  "b2:ObjectCreated:Copy",
  "b2:ObjectCreated:Replica",
  "b2:ObjectCreated:MultipartReplica",
  "b2:ObjectDeleted:*",
  "b2:ObjectDeleted:Delete",
  "b2:ObjectDeleted:LifecycleRule",
  "b2:HideMarkerCreated:*",
  "b2:HideMarkerCreated:Hide",
  "b2:HideMarkerCreated:LifecycleRule",
];
const MOST_RULES = 25;
const MOST_EVENTS_PER_BATCH = 50;

const customHeader = v.object({
  name: v.pipe(
    v.string(),
    v.regex(/^(?!x-bz-)[\w!#$%&'*+.^`|~-]+$/i, "must be a token that does not start with X-Bz-"),
  ),
  value: v.pipe(v.string(), v.regex(/^[\x20-\x7e]*$/, "must be printable ASCII")),
});
const target = v.object({
  customHeaders: v.optional(v.nullable(v.pipe(v.array(customHeader), v.maxLength(10))), null),
  hmacSha256SigningSecret: v.optional(
    v.nullable(v.pipe(v.string(), v.regex(/^[A-Za-z0-9]{32}$/, "must be 32 letters and digits"))),
    null,
  ),
  targetType: v.literal("webhook"),
  url: v.pipe(
    v.string(),
    v.check(isAllowedUrl, "must start with https://; the local B2 takes http:// for this machine"),
  ),
});
const rule = v.object({
  eventTypes: v.pipe(v.array(v.picklist(EVENT_TYPES)), v.minLength(1)),
  isEnabled: v.boolean(),
  maxEventsPerBatch: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MOST_EVENTS_PER_BATCH)), 1),
  name: v.pipe(
    v.string(),
    v.regex(/^(?!b2-)[A-Za-z0-9-]{6,63}$/, "must be 6 to 63 letters, digits and hyphens, and not start with b2-"),
  ),
  objectNamePrefix: v.string(),
  targetConfiguration: target,
});
const rules = v.pipe(v.array(rule), v.maxLength(MOST_RULES));

/**
 * Where events of a bucket are sent to.
 * Source: https://www.backblaze.com/docs/cloud-storage-event-notifications-reference-guide
 */
export type NotificationRule = v.InferOutput<typeof rule> & { isSuspended: boolean; suspensionReason: string };

/** b2_get_bucket_notification_rules. */
export function getNotificationRules(call: Call): object {
  const bucket = bucketOf(call, textOf(call, "bucketId"));
  requireRights(call, "readBucketNotifications", { bucketId: bucket.id });
  return { bucketId: bucket.id, eventNotificationRules: bucket.notificationRules };
}

/** b2_set_bucket_notification_rules: they replace all that there were. */
export function setNotificationRules(call: Call): object {
  const bucket = bucketOf(call, textOf(call, "bucketId"));
  requireRights(call, "writeBucketNotifications", { bucketId: bucket.id });
  const given = parse(rules, call.parameters.eventNotificationRules);
  for (const { objectNamePrefix: fileName } of given) requireRights(call, "writeBucketNotifications", { fileName });
  if (new Set(given.map(({ name }) => name)).size < given.length) throw badRequest("The names of rules must be unique");
  bucket.notificationRules = given
    .map((each) => ({ ...each, isSuspended: false, suspensionReason: "" }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  return { bucketId: bucket.id, eventNotificationRules: bucket.notificationRules };
}

/** Whether a rule is for an event. */
export function isFor(
  { isEnabled, eventTypes, objectNamePrefix }: NotificationRule,
  { eventType, objectName }: { eventType: string; objectName: string },
): boolean {
  const isOfType = eventTypes.some((type) =>
    type.endsWith("*") ? eventType.startsWith(type.slice(0, -1)) : eventType === type,
  );
  return isEnabled && isOfType && objectName.startsWith(objectNamePrefix);
}

/** The real B2 takes https alone. A Worker under `wrangler dev` has no certificate. */
function isAllowedUrl(text: string): boolean {
  const url = URL.parse(text);
  const isOwnMachine = ["localhost", "127.0.0.1", "[::1]"].includes(url?.hostname ?? "");
  return url?.protocol === "https:" || (url?.protocol === "http:" && isOwnMachine);
}
