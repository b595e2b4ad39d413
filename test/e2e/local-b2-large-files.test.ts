import { beforeEach, describe, expect, it } from "vitest";
import { connect, type LocalB2Client } from "./local-b2-client.ts";

const FIVE_MB = "x".repeat(5_000_000);
const KEY = { algorithm: "AES256", customerKey: `${"a".repeat(43)}=`, customerKeyMd5: `${"b".repeat(22)}==` };
const KEY_FIELDS = {
  "X-Bz-Server-Side-Encryption-Customer-Algorithm": KEY.algorithm,
  "X-Bz-Server-Side-Encryption-Customer-Key": KEY.customerKey,
  "X-Bz-Server-Side-Encryption-Customer-Key-Md5": KEY.customerKeyMd5,
};

let client: LocalB2Client;
beforeEach(async () => {
  client = await connect();
});

async function start(fileName: string, parameters: object = {}): Promise<string> {
  const asked = { bucketId: client.bucketId, fileName, contentType: "b2/x-auto", ...parameters };
  return (await client.call("b2_start_large_file", asked)).body.fileId;
}

async function uploadPart(fileId: string, partNumber: number, content: string, fields: Record<string, string> = {}) {
  const { body: place } = await client.call("b2_get_upload_part_url", { fileId });
  const headers = {
    Authorization: place.authorizationToken,
    "X-Bz-Part-Number": String(partNumber),
    "X-Bz-Content-Sha1": "do_not_verify",
    ...fields,
  };
  return await (await client.ask(place.uploadUrl, { method: "POST", headers, body: content })).json();
}

function finish(fileId: string, partSha1Array: unknown) {
  return client.call("b2_finish_large_file", { fileId, partSha1Array });
}

describe("large files", () => {
  it("are in no list of names until they are finished, and then as large as their parts", async () => {
    const fileId = await start("video.mp4", { fileInfo: { "b2-cache-control": "max-age=9" } });
    const names = async () => (await client.call("b2_list_file_names", { bucketId: client.bucketId })).body.files;
    expect(await names()).toEqual([]);
    const parts = [await uploadPart(fileId, 1, FIVE_MB), await uploadPart(fileId, 2, "end")];
    const hashes = parts.map(({ contentSha1 }) => contentSha1);
    expect((await finish(fileId, hashes)).body).toMatchObject({ action: "upload", contentSha1: "none", fileId });
    expect(await names()).toMatchObject([
      { fileName: "video.mp4", contentLength: 5_000_003, contentType: "video/mp4" },
    ]);
    const file = await client.download("video.mp4", { Range: "bytes=4999998-" });
    expect([await file.text(), file.headers.get("Cache-Control")]).toEqual(["xxend", "max-age=9"]);
  });

  it.each([
    ["one part", [FIVE_MB], (hashes: string[]) => hashes, "bad_request", "at least 2 parts"],
    ["a missing part", [FIVE_MB, "end"], (hashes: string[]) => [...hashes, "0"], "missing_part", "Part number 3"],
    ["another SHA-1", [FIVE_MB, "end"], ([first = ""]: string[]) => [first, first], "part_sha1_mismatch", "match"],
    ["a small first part", ["small", "end"], (hashes: string[]) => hashes, "bad_request", "smaller than 5000000"],
    ["no list", [FIVE_MB, "end"], () => "hashes", "bad_request", "partSha1Array must be"],
  ])("with %s are not finished", async (_, contents, claim, code, reason) => {
    const fileId = await start("a.bin");
    const hashes: string[] = [];
    for (const [index, content] of contents.entries()) {
      hashes.push((await uploadPart(fileId, index + 1, content)).contentSha1);
    }
    const refused = await finish(fileId, claim(hashes));
    expect([refused.status, refused.code, refused.body.message]).toEqual([400, code, expect.stringContaining(reason)]);
  });

  it("are listed while they are unfinished, oldest first, and cancelled", async () => {
    const ids = [await start("b.bin"), await start("a.bin"), await start("other/c.bin")];
    const list = async (parameters: object) => {
      const asked = { bucketId: client.bucketId, ...parameters };
      return (await client.call("b2_list_unfinished_large_files", asked)).body;
    };
    const first = await list({ maxFileCount: 2 });
    expect(first).toMatchObject({
      files: [{ fileId: ids[0], action: "start" }, { fileId: ids[1] }],
      nextFileId: ids[2],
    });
    expect(await list({ startFileId: first.nextFileId })).toMatchObject({
      files: [{ fileId: ids[2] }],
      nextFileId: null,
    });
    expect((await list({ namePrefix: "other/" })).files).toHaveLength(1);
    expect(await client.call("b2_cancel_large_file", { fileId: ids[1] })).toMatchObject({
      status: 200,
      body: { fileName: "a.bin", bucketId: client.bucketId },
    });
    expect((await list({})).files).toHaveLength(2);
    expect((await client.call("b2_cancel_large_file", { fileId: ids[1] })).body.message).toContain("No active upload");
  });

  it("with a customer's key take only parts with that key", async () => {
    const fileId = await start("secret.bin", { serverSideEncryption: { mode: "SSE-C", ...KEY } });
    expect(await uploadPart(fileId, 1, FIVE_MB)).toMatchObject({ status: 400 });
    const parts = [await uploadPart(fileId, 1, FIVE_MB, KEY_FIELDS), await uploadPart(fileId, 2, "end", KEY_FIELDS)];
    expect(
      (
        await finish(
          fileId,
          parts.map(({ contentSha1 }) => contentSha1),
        )
      ).status,
    ).toBe(200);
    expect((await client.download("secret.bin")).status).toBe(400);
    expect((await client.download("secret.bin", KEY_FIELDS)).status).toBe(200);
  });

  it("are made of ranges of other files too", async () => {
    const source = (await client.upload("source.bin", FIVE_MB)).body.fileId;
    const fileId = await start("copy.bin");
    const copy = (partNumber: number, range: object) =>
      client.call("b2_copy_part", { sourceFileId: source, largeFileId: fileId, partNumber, ...range });
    const hashes = [await copy(1, {}), await copy(2, { range: "bytes=0-9" })].map(({ body }) => body.contentSha1);
    expect((await finish(fileId, hashes)).body.contentLength).toBe(5_000_010);
    expect((await copy(1, { range: "bytes=0-9" })).body.message).toContain("No active upload");
  });
});
