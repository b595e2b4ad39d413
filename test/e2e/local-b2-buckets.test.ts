import { describe, expect, it } from "vitest";
import { MASTER_KEY } from "../local-b2/b2/application-key.ts";
import { connect, type LocalB2Client } from "./local-b2-client.ts";

const FILES = { "plain.txt": { content: "plain" }, "own.txt": { content: "own", cacheControl: "max-age=5" } };

async function connectAsMaster(): Promise<LocalB2Client> {
  const client = await connect({ files: FILES });
  const { body } = await client.authorize(`${MASTER_KEY.keyId}:${MASTER_KEY.key}`);
  const { call, accountId } = client;
  return {
    ...client,
    call: (operation, parameters, token = body.authorizationToken) =>
      call(operation, { accountId, ...parameters }, token),
  };
}

describe("buckets", () => {
  it("are told with every field, and null for what a key may not read", async () => {
    const { call, accountId, bucketId } = await connect({ files: FILES, capabilities: ["listBuckets"] });
    const unreadable = { isClientAuthorizedToRead: false, value: null };
    expect((await call("b2_list_buckets", { accountId, bucketId })).body.buckets).toEqual([
      {
        accountId,
        bucketId,
        bucketInfo: {},
        bucketName: "images",
        bucketType: "allPrivate",
        corsRules: [],
        defaultServerSideEncryption: unreadable,
        fileLockConfiguration: unreadable,
        lifecycleRules: [],
        options: ["s3"],
        replicationConfiguration: unreadable,
        revision: 1,
      },
    ]);
  });

  it("are listed by name, by id and by type", async () => {
    const { call, bucketId } = await connectAsMaster();
    await call("b2_create_bucket", { bucketName: "public-bucket", bucketType: "allPublic" });
    const names = async (parameters: object) =>
      (await call("b2_list_buckets", parameters)).body.buckets.map((each: { bucketName: string }) => each.bucketName);
    expect(await names({})).toEqual(["images", "public-bucket"]);
    expect(await names({ bucketId })).toEqual(["images"]);
    expect(await names({ bucketName: "nowhere" })).toEqual([]);
    expect(await names({ bucketTypes: ["allPublic"] })).toEqual(["public-bucket"]);
    expect(await names({ bucketTypes: ["all"] })).toEqual(["images", "public-bucket"]);
    expect((await call("b2_list_buckets", { bucketTypes: ["all", "allPublic"] })).status).toBe(400);
  });

  it("give each file without a Cache-Control of its own that of the bucket", async () => {
    const { call, bucketId, download } = await connectAsMaster();
    const field = async (name: string) => (await download(name)).headers.get("Cache-Control");
    expect(await field("plain.txt")).toBe("max-age=0, no-cache, no-store");
    await call("b2_update_bucket", { bucketId, bucketInfo: { "Cache-Control": "max-age=600" } });
    expect([await field("plain.txt"), await field("own.txt")]).toEqual(["max-age=600", "max-age=5"]);
    expect(await field("own.txt?b2CacheControl=max-age%3D1")).toBe("max-age=1");
  });

  it("encrypt uploads that do not say with their own default", async () => {
    const { call, bucketId, upload, download } = await connectAsMaster();
    const defaultServerSideEncryption = { mode: "SSE-B2", algorithm: "AES256" };
    const { body } = await call("b2_update_bucket", { bucketId, defaultServerSideEncryption });
    expect(body.defaultServerSideEncryption.value).toEqual(defaultServerSideEncryption);
    expect((await upload("new.txt", "new")).body.serverSideEncryption).toEqual(defaultServerSideEncryption);
    expect((await download("new.txt")).headers.get("X-Bz-Server-Side-Encryption")).toBe("AES256");
  });

  it("change only from the revision that was seen, and are deleted only when empty", async () => {
    const { call, bucketId } = await connectAsMaster();
    expect((await call("b2_update_bucket", { bucketId, ifRevisionIs: 1 })).body.revision).toBe(2);
    expect(await call("b2_update_bucket", { bucketId, ifRevisionIs: 1 })).toMatchObject({
      status: 409,
      code: "conflict",
    });
    const full = await call("b2_delete_bucket", { bucketId });
    expect(full).toMatchObject({ status: 400, code: "cannot_delete_non_empty_bucket" });
  });

  it.each([
    [{ bucketName: "short", bucketType: "allPrivate" }, "bad_request", "6 to 63"],
    [{ bucketName: "b2-mine-alone", bucketType: "allPrivate" }, "bad_request", "not start with b2-"],
    [{ bucketName: "IMAGES", bucketType: "allPrivate" }, "duplicate_bucket_name", "already in use"],
    [{ bucketName: "a-bucket", bucketType: "open" }, "bad_request", "bucketType must be"],
    [
      { bucketName: "a-bucket", bucketType: "allPrivate", fileLockEnabled: true },
      "bad_request",
      "has no fileLockEnabled",
    ],
    [
      { bucketName: "a-bucket", bucketType: "allPrivate", bucketInfo: { "Cache-Control": "max age" } },
      "bad_request",
      "invalid Cache-Control",
    ],
  ])("are not made of %j", async (parameters, code, reason) => {
    const { call } = await connectAsMaster();
    const refused = await call("b2_create_bucket", parameters);
    expect([refused.status, refused.code, refused.body.message]).toEqual([400, code, expect.stringContaining(reason)]);
  });

  it("are made and deleted by nobody but keys for the whole account", async () => {
    const { call, accountId, bucketId } = await connect();
    const made = await call("b2_create_bucket", { accountId, bucketName: "a-bucket", bucketType: "allPrivate" });
    expect([made.status, (await call("b2_delete_bucket", { accountId, bucketId })).status]).toEqual([401, 401]);
  });
});

it.each([
  ["b2_list_file_names", {}],
  ["b2_list_file_versions", {}],
  ["b2_list_unfinished_large_files", {}],
  ["b2_get_upload_url", {}],
  ["b2_start_large_file", { fileName: "large.bin", contentType: "b2/x-auto" }],
  ["b2_hide_file", { fileName: "plain.txt" }],
  ["b2_get_download_authorization", { fileNamePrefix: "", validDurationInSeconds: 60 }],
  ["b2_update_bucket", { bucketType: "allPublic" }],
  ["b2_delete_bucket", {}],
  ["b2_get_bucket_notification_rules", {}],
  ["b2_set_bucket_notification_rules", { eventNotificationRules: [] }],
])("%s for a bucket that is not there is 400 bad_bucket_id", async (operation, parameters) => {
  const { call } = await connectAsMaster();
  const { status, code } = await call(operation, { ...parameters, bucketId: "e73ede9969c64a8cccffffff" });
  expect([status, code]).toEqual([400, "bad_bucket_id"]);
});
