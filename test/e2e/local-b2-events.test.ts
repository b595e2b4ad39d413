import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connect, type LocalB2Client } from "./local-b2-client.ts";

const SECRET = "0123456789abcdef0123456789ABCDEF";
const SET = "b2_set_bucket_notification_rules";

interface Received {
  headers: IncomingHttpHeaders;
  body: string;
}

/** Somebody who is told of events, at an address of this machine. */
let received: Received[];
/** What it answers, in turn; 200 after that. */
let statuses: number[];
let url: string;
let close: () => void;

beforeEach(async () => {
  received = [];
  statuses = [];
  const server = createServer(async (request, response) => {
    received.push({ headers: request.headers, body: await text(request) });
    response.writeHead(statuses.shift() ?? 200).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/-/events`;
  close = () => server.close();
});
afterEach(() => close());

function ruleOf(changes: object = {}, target: object = {}) {
  return {
    name: "rule-one",
    eventTypes: ["b2:ObjectCreated:*", "b2:ObjectDeleted:*", "b2:HideMarkerCreated:*"],
    isEnabled: true,
    objectNamePrefix: "",
    targetConfiguration: { targetType: "webhook", url, hmacSha256SigningSecret: SECRET, ...target },
    ...changes,
  };
}

async function connectWithRules(...eventNotificationRules: object[]): Promise<LocalB2Client> {
  const client = await connect();
  const { status } = await client.call(SET, { bucketId: client.bucketId, eventNotificationRules });
  expect(status).toBe(200);
  return client;
}

function eventsReceived() {
  return received.flatMap(({ body }) => JSON.parse(body).events);
}

describe("event notifications", () => {
  it("are sent, signed, for an upload, a hide and a delete", async () => {
    const { b2, upload, call, bucketId, accountId } = await connectWithRules(ruleOf());
    const { body: file } = await upload("a/cat é.jpg", "a cat");
    const { body: marker } = await call("b2_hide_file", { bucketId, fileName: "a/cat é.jpg" });
    await call("b2_delete_file_version", { fileId: file.fileId, fileName: "a/cat é.jpg" });
    await b2.eventsSent();
    const common = { accountId, bucketId, bucketName: "images", eventVersion: 1, matchedRuleName: "rule-one" };
    const ofFile = { ...common, objectName: "a/cat é.jpg" };
    const [id, time] = [expect.any(String), expect.any(Number)];
    expect(eventsReceived()).toEqual(
      [
        { ...ofFile, eventType: "b2:ObjectCreated:Upload", objectSize: 5, objectVersionId: file.fileId },
        { ...ofFile, eventType: "b2:HideMarkerCreated:Hide", objectSize: null, objectVersionId: marker.fileId },
        { ...ofFile, eventType: "b2:ObjectDeleted:Delete", objectSize: 5, objectVersionId: file.fileId },
      ].map((event) => ({ ...event, eventId: id, eventTimestamp: time })),
    );
    for (const { headers, body } of received) {
      const signature = createHmac("sha256", SECRET).update(body).digest("hex");
      expect(headers["x-bz-event-notification-signature"]).toBe(`v1=${signature}`);
      expect(headers["content-type"]).toBe("application/json");
    }
  });

  it("tell of copies and of files in parts as such", async () => {
    const { b2, upload, call, bucketId } = await connectWithRules(ruleOf());
    const { fileId: sourceFileId } = (await upload("a.txt", "x".repeat(5_000_000))).body;
    await call("b2_copy_file", { sourceFileId, fileName: "b.txt" });
    const started = await call("b2_start_large_file", { bucketId, fileName: "c.txt", contentType: "b2/x-auto" });
    const { fileId: largeFileId } = started.body;
    const sha1s: string[] = [];
    for (const partNumber of [1, 2]) {
      sha1s.push((await call("b2_copy_part", { sourceFileId, largeFileId, partNumber })).body.contentSha1);
    }
    await call("b2_finish_large_file", { fileId: largeFileId, partSha1Array: sha1s });
    await b2.eventsSent();
    const told = eventsReceived().map(({ eventType, objectName }) => `${eventType} ${objectName}`);
    expect(told).toEqual([
      "b2:ObjectCreated:Upload a.txt",
      "b2:ObjectCreated:Copy b.txt",
      "b2:ObjectCreated:MultipartUpload c.txt",
    ]);
  });

  it("go to each rule of their type and prefix, and to no other", async () => {
    const { b2, upload } = await connectWithRules(
      ruleOf({ name: "by-type", eventTypes: ["b2:ObjectDeleted:Delete"] }),
      ruleOf({ name: "by-prefix", objectNamePrefix: "a/" }),
      ruleOf({ name: "disabled", isEnabled: false }),
    );
    await upload("a/1.txt", "1");
    await upload("b/2.txt", "2");
    await b2.remove("images", "b/2.txt");
    await b2.eventsSent();
    const told = eventsReceived().map(({ matchedRuleName, objectName }) => `${matchedRuleName} ${objectName}`);
    expect(told.toSorted()).toEqual(["by-prefix a/1.txt", "by-type b/2.txt"]);
  });

  it("come in batches where the rule says so, with the rule's own fields and without a signature it did not ask for", async () => {
    const target = { hmacSha256SigningSecret: null, customHeaders: [{ name: "X-Mine", value: "mine" }] };
    const { b2 } = await connectWithRules(ruleOf({ maxEventsPerBatch: 3 }, target));
    for (let n = 0; n < 7; n += 1) b2.put("images", `${n}.txt`, { content: `${n}` });
    await b2.eventsSent();
    expect(received.map(({ body }) => JSON.parse(body).events.length)).toEqual([3, 3, 1]);
    expect(received[0]?.headers).toMatchObject({ "x-mine": "mine" });
    expect(received[0]?.headers).not.toHaveProperty("x-bz-event-notification-signature");
  });

  it("are sent again when they were not taken, and each try is remembered", async () => {
    statuses = [503];
    const { b2, upload } = await connectWithRules(ruleOf());
    await upload("a.txt", "a");
    await b2.eventsSent();
    expect(new Set(received.map(({ body }) => body)).size).toBe(1);
    expect(b2.world.events.deliveries).toEqual([
      { rule: "rule-one", url, events: 1, answer: 503 },
      { rule: "rule-one", url, events: 1, answer: 200 },
    ]);
  });
});

describe("b2_set_bucket_notification_rules", () => {
  it("gives back what b2_get_bucket_notification_rules gives: the rules by name, with all their members", async () => {
    const { call, bucketId, ask, accountToken } = await connectWithRules(
      ruleOf({ name: "second" }),
      ruleOf({ name: "a-first" }),
    );
    const path = `/b2api/v4/b2_get_bucket_notification_rules?bucketId=${bucketId}`;
    const told = await (await ask(path, { headers: { Authorization: accountToken } })).json();
    expect(told.eventNotificationRules.map(({ name }: { name: string }) => name)).toEqual(["a-first", "second"]);
    expect(told.eventNotificationRules[0]).toEqual({
      ...ruleOf({ name: "a-first" }),
      isSuspended: false,
      suspensionReason: "",
      maxEventsPerBatch: 1,
      targetConfiguration: { ...ruleOf().targetConfiguration, customHeaders: null },
    });
    const none = await call(SET, { bucketId, eventNotificationRules: [] });
    expect(none.body).toEqual({ bucketId, eventNotificationRules: [] });
  });

  it.each([
    [{ name: "short" }, {}, "name: must be 6 to 63"],
    [{ name: "b2-reserved" }, {}, "not start with b2-"],
    [{ eventTypes: [] }, {}, "eventTypes"],
    [{ eventTypes: ["b2:ObjectRead"] }, {}, "eventTypes"],
    [{ maxEventsPerBatch: 51 }, {}, "maxEventsPerBatch"],
    [{}, { url: "http://example.com/" }, "url: must start with https://"],
    [{}, { hmacSha256SigningSecret: "short" }, "hmacSha256SigningSecret: must be 32"],
    [{}, { customHeaders: [{ name: "X-Bz-Mine", value: "" }] }, "does not start with X-Bz-"],
    [{}, { targetType: "mail" }, "targetType"],
  ])("refuses %j with the target %j", async (changes, target, reason) => {
    const { call, bucketId } = await connect();
    const refused = await call(SET, { bucketId, eventNotificationRules: [ruleOf(changes, target)] });
    expect([refused.status, refused.body.message]).toEqual([400, expect.stringContaining(reason)]);
  });

  it("refuses two rules of one name, more than 25, and a key without the right", async () => {
    const { call, bucketId } = await connect();
    const set = async (rules: object[]) => (await call(SET, { bucketId, eventNotificationRules: rules })).body.message;
    expect(await set([ruleOf(), ruleOf()])).toContain("unique");
    expect(await set(Array.from({ length: 26 }, (_, n) => ruleOf({ name: `rule-${n}-x` })))).toContain("25");
    const other = await connect({ capabilities: ["listFiles"] });
    const refused = await other.call(SET, { bucketId: other.bucketId, eventNotificationRules: [] });
    expect(refused).toMatchObject({ status: 401, code: "unauthorized" });
  });
});
