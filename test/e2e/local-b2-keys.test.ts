import { describe, expect, it } from "vitest";
import { MASTER_KEY } from "../local-b2/b2/application-key.ts";
import { connect, type LocalB2Client } from "./local-b2-client.ts";

const FILES = { "a/cat.jpg": { content: "a cat" } };

async function connectWithMaster(): Promise<LocalB2Client & { master: string }> {
  const client = await connect({ files: FILES });
  const { body } = await client.authorize(`${MASTER_KEY.keyId}:${MASTER_KEY.key}`);
  return { ...client, master: body.authorizationToken };
}

async function createKey(client: Awaited<ReturnType<typeof connectWithMaster>>, changes: object = {}) {
  const { accountId, bucketId, master } = client;
  const asked = { accountId, keyName: "a-key", capabilities: ["listFiles", "shareFiles"], bucketIds: [bucketId] };
  return await client.call("b2_create_key", { ...asked, ...changes }, master);
}

it("an account token and an upload token hold for 24 hours", async () => {
  const { b2, bucketId, call, upload } = await connect({ files: FILES });
  const { body: place } = await call("b2_get_upload_url", { bucketId });
  const ask = async () => {
    const list = await call("b2_list_file_names", { bucketId });
    const ofUpload = await b2.fetch(
      new Request(place.uploadUrl, { method: "POST", headers: { Authorization: place.authorizationToken } }),
    );
    return [list.code ?? list.status, (await ofUpload.json()).code];
  };
  expect((await upload("new.txt", "new", { Authorization: place.authorizationToken })).status).toBe(200);
  b2.advance(24 * 3600 - 60);
  expect(await ask()).toEqual([200, "bad_request"]);
  b2.advance(60);
  expect(await ask()).toEqual(["expired_auth_token", "expired_auth_token"]);
});

describe("application keys", () => {
  it("are made with a secret that is told once, authorize, and are listed without it", async () => {
    const client = await connectWithMaster();
    const { body: made } = await createKey(client, { namePrefix: "a/" });
    expect(made).toEqual({
      accountId: client.accountId,
      applicationKeyId: expect.any(String),
      applicationKey: expect.any(String),
      bucketIds: [client.bucketId],
      capabilities: ["listFiles", "shareFiles"],
      expirationTimestamp: null,
      keyName: "a-key",
      namePrefix: "a/",
      options: ["s3"],
    });
    const { body: account } = await client.authorize(`${made.applicationKeyId}:${made.applicationKey}`);
    expect(account.apiInfo.storageApi.allowed).toEqual({
      buckets: [{ id: client.bucketId, name: "images" }],
      capabilities: ["listFiles", "shareFiles"],
      namePrefix: "a/",
    });
    const { body: listed } = await client.call("b2_list_keys", { accountId: client.accountId }, client.master);
    expect(listed.keys.map(({ keyName }: { keyName: string }) => keyName)).toEqual(["a-key", "local-key"]);
    expect(JSON.stringify(listed)).not.toContain(made.applicationKey);
  });

  it("are listed page by page", async () => {
    const client = await connectWithMaster();
    for (const keyName of ["one", "two", "three"]) await createKey(client, { keyName });
    const names: string[] = [];
    for (let startApplicationKeyId: string | null = ""; startApplicationKeyId !== null; ) {
      const asked = { accountId: client.accountId, maxKeyCount: 3, startApplicationKeyId };
      const { body } = await client.call("b2_list_keys", asked, client.master);
      names.push(...body.keys.map(({ keyName }: { keyName: string }) => keyName));
      startApplicationKeyId = body.nextApplicationKeyId;
    }
    expect(names).toEqual(["one", "two", "three", "local-key"]);
  });

  it("end: from then on they authorize nobody, and their account tokens have expired", async () => {
    const client = await connectWithMaster();
    const { body: made } = await createKey(client, { validDurationInSeconds: 60 });
    expect(made.expirationTimestamp).toBeGreaterThan(Date.now() + 55_000);
    const credentials = `${made.applicationKeyId}:${made.applicationKey}`;
    const { body: account } = await client.authorize(credentials);
    expect(account.applicationKeyExpirationTimestamp).toBe(made.expirationTimestamp);
    const list = () => client.call("b2_list_file_names", { bucketId: client.bucketId }, account.authorizationToken);
    expect((await list()).status).toBe(200);
    client.b2.advance(61);
    expect(await list()).toMatchObject({ status: 401, code: "expired_auth_token" });
    expect(await client.authorize(credentials)).toMatchObject({ status: 401, code: "unauthorized" });
  });

  it("are deleted: their account tokens and upload URLs are dead at once", async () => {
    const client = await connectWithMaster();
    const { body: made } = await createKey(client, { capabilities: ["listFiles", "writeFiles"] });
    const credentials = `${made.applicationKeyId}:${made.applicationKey}`;
    const { authorizationToken: token } = (await client.authorize(credentials)).body;
    const { body: place } = await client.call("b2_get_upload_url", { bucketId: client.bucketId }, token);
    const upload = () => client.upload("new.txt", "new", { Authorization: place.authorizationToken });
    expect((await upload()).status).toBe(200);
    const { body: deleted } = await client.call(
      "b2_delete_key",
      { applicationKeyId: made.applicationKeyId },
      client.master,
    );
    expect([deleted.keyName, deleted.applicationKey]).toEqual(["a-key", undefined]);
    const list = await client.call("b2_list_file_names", { bucketId: client.bucketId }, token);
    expect(list).toMatchObject({ status: 401, code: "bad_auth_token" });
    expect(await upload()).toMatchObject({ status: 401, code: "bad_auth_token" });
    expect((await client.authorize(credentials)).status).toBe(401);
  });

  it("before version 4 have one bucket, and no list of them", async () => {
    const { ask, accountId, bucketId, master } = await connectWithMaster();
    const init = (parameters: object) => ({
      method: "POST",
      headers: { Authorization: master },
      body: JSON.stringify({ accountId, keyName: "old", capabilities: ["listFiles"], ...parameters }),
    });
    const made = await (await ask("/b2api/v3/b2_create_key", init({ bucketId }))).json();
    expect([made.bucketId, "bucketIds" in made]).toEqual([bucketId, false]);
    expect((await ask("/b2api/v4/b2_create_key", init({ bucketId }))).status).toBe(400);
  });

  it.each([
    [{ keyName: "with space" }, "keyName must be"],
    [{ capabilities: [] }, "capabilities must not be empty"],
    [{ capabilities: ["fly"] }, "Unknown capabilities: fly"],
    [{ capabilities: ["listKeys"] }, "only for keys that reach every bucket"],
    [{ bucketIds: null, namePrefix: "a/" }, "namePrefix needs bucketIds"],
    [{ validDurationInSeconds: 86_400_001 }, "validDurationInSeconds must be"],
    [{ bucketIds: ["nowhere"] }, "Bucket id nowhere does not exist"],
  ])("are refused with %j", async (changes, reason) => {
    const refused = await createKey(await connectWithMaster(), changes);
    expect([refused.status, refused.body.message]).toEqual([400, expect.stringContaining(reason)]);
  });

  it("cannot make keys themselves, nor with rights that they lack, nor delete the master key", async () => {
    const client = await connectWithMaster();
    const { accountId } = client;
    const asked = { accountId, keyName: "mine", capabilities: ["listFiles"] };
    expect(await client.call("b2_create_key", asked)).toMatchObject({ status: 401, code: "unauthorized" });
    const { body: maker } = await createKey(client, { capabilities: ["writeKeys", "listFiles"], bucketIds: null });
    const { body } = await client.authorize(`${maker.applicationKeyId}:${maker.applicationKey}`);
    const more = { ...asked, capabilities: ["listFiles", "deleteFiles"] };
    expect((await client.call("b2_create_key", more, body.authorizationToken)).body.message).toContain("deleteFiles");
    expect((await client.call("b2_create_key", asked, body.authorizationToken)).status).toBe(200);
    const master = { applicationKeyId: MASTER_KEY.keyId };
    expect((await client.call("b2_delete_key", master, client.master)).status).toBe(400);
  });
});
