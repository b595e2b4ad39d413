export const EVENT_SECRET = "abcdefghijklmnopqrstuvwxyz012345";

export interface TestEvent {
  accountId: string;
  bucketId: string;
  bucketName: string;
  eventId: string;
  eventTimestamp: number;
  eventType: string;
  eventVersion: number;
  matchedRuleName: string;
  objectName: string;
  objectSize: number | null;
  objectVersionId: string;
}

let events = 0;

/** An event as B2 documents it, with an id of its own. */
export function eventOf(objectName: string, changes: Partial<TestEvent> = {}): TestEvent {
  events += 1;
  return {
    accountId: "e85c6a500333",
    bucketId: "aea8c5bc362ae55070130333",
    bucketName: "images",
    eventId: `event-${events}`,
    eventTimestamp: Date.UTC(2026, 10, 24),
    eventType: "b2:ObjectCreated:Upload",
    eventVersion: 1,
    matchedRuleName: "image-worker",
    objectName,
    objectSize: 5,
    objectVersionId: `4_z${events}`,
    ...changes,
  };
}

/** A delivery as B2 sends it: signed with the rule's secret. */
export async function delivery(content: unknown, secret = EVENT_SECRET): Promise<RequestInit> {
  const body = typeof content === "string" ? content : JSON.stringify(content);
  const headers = { "X-Bz-Event-Notification-Signature": `v1=${await hmac(secret, body)}` };
  return { method: "POST", body, headers };
}

async function hmac(secret: string, text: string): Promise<string> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const encoder = new TextEncoder();
  const key = await crypto.subtle.importKey("raw", encoder.encode(secret), algorithm, false, ["sign"]);
  const bytes = new Uint8Array(await crypto.subtle.sign(algorithm, key, encoder.encode(text)));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
