import { createHash, randomBytes } from "node:crypto";
import BackblazeB2 from "backblaze-b2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MASTER_KEY } from "../local-b2/b2/application-key.ts";
import { SWITCHES } from "../local-b2/b2/switches.ts";
import { type LocalB2Server, startLocalB2 } from "../local-b2/serve.ts";
import { expectJudged } from "./expect-judged.ts";
import { fileContent, ODD_NAMES } from "./fixtures/odd-names.ts";

/** A real client of version 2 of the API, by other people. */
describe.each(SWITCHES.rawNames.positions)("the npm package backblaze-b2, when names are %s", (rawNames) => {
  let server: LocalB2Server;
  let client: BackblazeB2;
  let bucketId: string;

  beforeAll(async () => {
    server = await startLocalB2({ switches: { rawNames } });
    client = new BackblazeB2({ applicationKeyId: server.b2.keyId, applicationKey: server.b2.key });
    const { data } = await authorize(client);
    bucketId = data.allowed.bucketId;
  });
  afterAll(() => server?.close());

  /** The package has B2's own address in it; everything after takes the one of the answer. */
  async function authorize(who: BackblazeB2) {
    return await who.authorize({ axiosOverride: { url: `${server.url}/b2api/v2/b2_authorize_account` } });
  }

  async function upload(fileName: string, text: string, info: Record<string, string> = {}) {
    const { data: place } = await client.getUploadUrl({ bucketId });
    return await client.uploadFile({
      uploadUrl: place.uploadUrl,
      uploadAuthToken: place.authorizationToken,
      fileName,
      data: Buffer.from(text),
      info,
    });
  }

  function list(changes: object) {
    return client.listFileNames({
      bucketId,
      startFileName: "",
      maxFileCount: 1000,
      delimiter: "",
      prefix: "",
      ...changes,
    });
  }

  it("uploads 50 odd names, lists them in B2's order and downloads them", async () => {
    for (const name of ODD_NAMES) await upload(name, fileContent(name));
    const { data } = await list({});
    const names: string[] = data.files.map(({ fileName }: { fileName: string }) => fileName);
    expect(names).toEqual([...ODD_NAMES].sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other))));
    for (const fileName of ODD_NAMES) {
      const file = await client.downloadFileByName({ bucketName: "images", fileName, responseType: "text" });
      expect(file.data).toBe(fileContent(fileName));
    }
  });

  it("pages through a list, and sees folders as one entry each", async () => {
    for (const name of ["list/a/1.txt", "list/a/2.txt", "list/b.txt", "list/c/3.txt"]) await upload(name, name);
    const first = (await list({ prefix: "list/", delimiter: "/", maxFileCount: 2 })).data;
    expect(first.files).toMatchObject([
      { fileName: "list/a/", action: "folder", fileId: null, contentLength: 0 },
      { fileName: "list/b.txt", action: "upload", contentLength: 10 },
    ]);
    expect(first.nextFileName).toBe("list/c/");
    const rest = (await list({ prefix: "list/", delimiter: "/", startFileName: first.nextFileName })).data;
    expect([rest.files.length, rest.files[0].fileName, rest.nextFileName]).toEqual([1, "list/c/", null]);
  });

  it("gives an upload's info back with its download, and settable fields as fields", async () => {
    const info = { color: "bleu pâle", "b2-cache-control": "max-age=60, public" };
    const { data: stored } = await upload("info.txt", "with info", info);
    expect(stored.fileInfo).toEqual(info);
    const { headers } = await client.downloadFileById({ fileId: stored.fileId, responseType: "text" });
    expect([headers["cache-control"], headers["x-bz-info-b2-cache-control"]]).toEqual([
      "max-age=60, public",
      undefined,
    ]);
    expect(decodeURIComponent(headers["x-bz-info-color"])).toBe("bleu pâle");
    expect((await client.getFileInfo({ fileId: stored.fileId })).data).toMatchObject({ fileName: "info.txt" });
  });

  it("opens a private file with a download authorization, and names what was promised for it", async () => {
    await upload("promised.txt", "a promise");
    const { data } = await client.getDownloadAuthorization({
      bucketId,
      fileNamePrefix: "promised",
      validDurationInSeconds: 60,
      b2ContentDisposition: "attachment; filename=a.txt",
    });
    const url = new URL(`${server.url}/file/images/promised.txt`);
    url.searchParams.set("Authorization", data.authorizationToken);
    expect((await fetch(url)).status).toBe(401);
    url.searchParams.set("b2ContentDisposition", "attachment; filename=a.txt");
    const promised = await fetch(url);
    expect([promised.status, promised.headers.get("Content-Disposition")]).toEqual([200, "attachment; filename=a.txt"]);
  });

  it("uploads a large file in parts, and the parts are listed until it is finished", async () => {
    const parts = [randomBytes(5_000_000), Buffer.from("the last part")];
    const { data: started } = await client.startLargeFile({ bucketId, fileName: "large.bin" });
    const hashes: string[] = [];
    for (const [index, data] of parts.entries()) {
      const { data: place } = await client.getUploadPartUrl({ fileId: started.fileId });
      const { data: part } = await client.uploadPart({
        partNumber: index + 1,
        uploadUrl: place.uploadUrl,
        uploadAuthToken: place.authorizationToken,
        data,
      });
      hashes.push(part.contentSha1);
    }
    expect(hashes).toEqual(parts.map((part) => createHash("sha1").update(part).digest("hex")));
    const { data: listed } = await client.listParts({ fileId: started.fileId });
    expect(listed.parts.map(({ contentLength }: { contentLength: number }) => contentLength)).toEqual([5_000_000, 13]);
    const { data: finished } = await client.finishLargeFile({ fileId: started.fileId, partSha1Array: hashes });
    expect(finished).toMatchObject({ action: "upload", contentLength: 5_000_013, contentSha1: "none" });
    const file = await client.downloadFileById({ fileId: started.fileId, responseType: "arraybuffer" });
    expect(Buffer.concat(parts).equals(file.data)).toBe(true);
  });

  it("hides, deletes and lists versions", async () => {
    const { data: stored } = await upload("twice.txt", "once");
    const { data: marker } = await client.hideFile({ bucketId, fileName: "twice.txt" });
    const versions = async () =>
      (await client.listFileVersions({ bucketId, startFileName: "twice.txt", startFileId: "", maxFileCount: 2 })).data
        .files;
    expect(await versions()).toMatchObject([{ action: "hide" }, { action: "upload", fileName: "twice.txt" }]);
    await client.deleteFileVersion({ fileId: marker.fileId, fileName: "twice.txt" });
    const file = await client.downloadFileByName({ bucketName: "images", fileName: "twice.txt", responseType: "text" });
    expect(file.data).toBe("once");
    await client.deleteFileVersion({ fileId: stored.fileId, fileName: "twice.txt" });
    await expect(
      client.downloadFileByName({ bucketName: "images", fileName: "twice.txt", responseType: "text" }),
    ).rejects.toMatchObject({ response: { status: 404 } });
  });

  it("makes and deletes buckets and keys with the master key", async () => {
    const master = new BackblazeB2({ applicationKeyId: MASTER_KEY.keyId, applicationKey: MASTER_KEY.key });
    await authorize(master);
    const { data: bucket } = await master.createBucket({ bucketName: "other-bucket", bucketType: "allPrivate" });
    await master.updateBucket({ bucketId: bucket.bucketId, bucketType: "allPublic" });
    const { data: changed } = await master.getBucket({ bucketName: "other-bucket" });
    expect(changed.buckets).toMatchObject([{ bucketType: "allPublic", revision: 2 }]);
    const { data: key } = await master.createKey({
      capabilities: ["listFiles"],
      keyName: "lister",
      bucketId: bucket.bucketId,
      validDurationInSeconds: 100,
    });
    const lister = new BackblazeB2({ applicationKeyId: key.applicationKeyId, applicationKey: key.applicationKey });
    expect((await authorize(lister)).data.allowed).toEqual({
      bucketId: bucket.bucketId,
      bucketName: "other-bucket",
      capabilities: ["listFiles"],
      namePrefix: null,
    });
    await master.deleteKey({ applicationKeyId: key.applicationKeyId });
    await expect(authorize(lister)).rejects.toMatchObject({ response: { status: 401 } });
    await master.deleteBucket({ bucketId: bucket.bucketId });
    const { data: left } = await master.listBuckets();
    expect(left.buckets.map(({ bucketName }: { bucketName: string }) => bucketName)).toEqual(["images"]);
  });

  it("has made every call that test/README.md says it judges, and no other", async () => {
    await expectJudged("N", server.b2);
  });
});
