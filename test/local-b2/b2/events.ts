import type { Bucket, FileVersion } from "./bucket.ts";
import { isFor, type NotificationRule } from "./notification-rules.ts";
import type { World } from "./world.ts";

interface Event {
  accountId: string;
  bucketId: string;
  bucketName: string;
  eventId: string;
  /** ms since the epoch. */
  eventTimestamp: number;
  eventType: string;
  eventVersion: 1;
  matchedRuleName: string;
  objectName: string;
  /** Bytes; null for a hide marker. */
  objectSize: number | null;
  objectVersionId: string;
}

/** One try to send a batch, for whoever looks why nothing came. */
export interface Delivery {
  rule: string;
  url: string;
  events: number;
  /** The status, or why there was none. */
  answer: number | string;
}

/** Every event is sent at least once. After a failed try there is one more for each of these pauses, in ms. */
const RETRY_AFTER_MS = [1_000, 4_000];
const ANSWER_TIMEOUT_MS = 3_000;
const KEPT_DELIVERIES = 100;

/** Sends what happens to files to the URLs of the rules of their bucket, in the background. */
export class Events {
  readonly deliveries: Delivery[] = [];
  readonly #world: World;
  readonly #deliver: (request: Request) => Promise<Response>;
  /** By rule: what is still to be sent. While one batch is under way the next one grows. */
  readonly #waiting = new Map<NotificationRule, Event[]>();
  readonly #senders = new Set<Promise<void>>();

  constructor(world: World, deliver: (request: Request) => Promise<Response>) {
    this.#world = world;
    this.#deliver = deliver;
  }

  emit(bucket: Bucket, eventType: string, version: FileVersion): void {
    for (const rule of bucket.notificationRules) {
      const event = this.#eventOf(bucket, rule, { eventType, version });
      if (!isFor(rule, event)) continue;
      const waiting = this.#waiting.get(rule);
      if (waiting === undefined) this.#start(rule, event);
      else waiting.push(event);
    }
  }

  /** Resolves when everything is sent, or given up. */
  async idle(): Promise<void> {
    while (this.#senders.size > 0) await Promise.all(this.#senders);
  }

  #start(rule: NotificationRule, event: Event): void {
    this.#waiting.set(rule, [event]);
    const sender = this.#sendAll(rule).finally(() => this.#senders.delete(sender));
    this.#senders.add(sender);
  }

  async #sendAll(rule: NotificationRule): Promise<void> {
    // After the answer to the client that made it happen.
    await new Promise((resolve) => setTimeout(resolve, 0));
    for (let left = this.#waiting.get(rule); left !== undefined && left.length > 0; left = this.#waiting.get(rule))
      await this.#send(rule, left.splice(0, rule.maxEventsPerBatch));
    this.#waiting.delete(rule);
  }

  async #send(rule: NotificationRule, events: Event[]): Promise<void> {
    const body = JSON.stringify({ events });
    for (const waitMs of [...RETRY_AFTER_MS, undefined]) {
      const answer = await this.#try(rule, body);
      this.deliveries.push({ rule: rule.name, url: rule.targetConfiguration.url, events: events.length, answer });
      if (this.deliveries.length > KEPT_DELIVERIES) this.deliveries.shift();
      if (waitMs === undefined || (typeof answer === "number" && answer >= 200 && answer < 300)) return;
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }

  async #try({ targetConfiguration: target }: NotificationRule, body: string): Promise<number | string> {
    const headers = new Headers({ "Content-Type": "application/json", "User-Agent": "B2/EventNotifications" });
    for (const { name, value } of target.customHeaders ?? []) headers.append(name, value);
    const secret = target.hmacSha256SigningSecret;
    if (secret !== null) headers.set("X-Bz-Event-Notification-Signature", `v1=${await hmacSha256(secret, body)}`);
    const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
    try {
      const response = await this.#deliver(
        new Request(target.url, { method: "POST", headers, body, signal, redirect: "manual" }),
      );
      await response.body?.cancel();
      return response.status;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  #eventOf(
    bucket: Bucket,
    rule: NotificationRule,
    { eventType, version }: { eventType: string; version: FileVersion },
  ): Event {
    return {
      accountId: this.#world.accountId,
      bucketId: bucket.id,
      bucketName: bucket.name,
      eventId: crypto.randomUUID().replaceAll("-", ""),
      eventTimestamp: this.#world.now(),
      eventType,
      eventVersion: 1,
      matchedRuleName: rule.name,
      objectName: version.fileName,
      objectSize: version.action === "upload" ? version.content.size : null,
      objectVersionId: version.fileId,
    };
  }
}

async function hmacSha256(secret: string, text: string): Promise<string> {
  const encoder = new TextEncoder();
  const key = await crypto.subtle.importKey("raw", encoder.encode(secret), { name: "HMAC", hash: "SHA-256" }, false, [
    "sign",
  ]);
  const bytes = new Uint8Array(await crypto.subtle.sign("HMAC", key, encoder.encode(text)));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
