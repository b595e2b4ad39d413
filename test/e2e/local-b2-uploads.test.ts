import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { connect } from "./local-b2-client.ts";

const SHA1 = createHash("sha1").update("content").digest("hex");
const KEY_FIELDS = {
  "X-Bz-Server-Side-Encryption-Customer-Algorithm": "AES256",
  "X-Bz-Server-Side-Encryption-Customer-Key": Buffer.alloc(32, 1).toString("base64"),
  "X-Bz-Server-Side-Encryption-Customer-Key-Md5": createHash("md5").update(Buffer.alloc(32, 1)).digest("base64"),
};

describe("b2_upload_file", () => {
  it.each([
    ["the digest", SHA1, "content", SHA1],
    ["the digest in capitals", SHA1.toUpperCase(), "content", SHA1],
    ["the digest after the content", "hex_digits_at_end", `content${SHA1}`, SHA1],
    ["do_not_verify", "do_not_verify", "content", `unverified:${SHA1}`],
    ["unverified: and any digest", `unverified:${"0".repeat(40)}`, "content", `unverified:${"0".repeat(40)}`],
  ])("with %s states the SHA-1 so from then on", async (_, claimed, body, stated) => {
    const { upload, download } = await connect();
    const { body: stored } = await upload("file.txt", body, { "X-Bz-Content-Sha1": claimed });
    expect([stored.contentSha1, stored.contentLength]).toEqual([stated, 7]);
    const file = await download("file.txt");
    expect([file.headers.get("X-Bz-Content-Sha1"), await file.text()]).toEqual([stated, "content"]);
  });

  it("answers with every field of a file", async () => {
    const { upload, accountId, bucketId } = await connect();
    const { body } = await upload("a/cat.jpg", "content", { "X-Bz-Info-Color": "blue%20green" });
    expect(body).toEqual({
      accountId,
      action: "upload",
      bucketId,
      contentLength: 7,
      contentMd5: null,
      contentSha1: `unverified:${SHA1}`,
      contentType: "image/jpeg",
      fileId: expect.stringMatching(/^4_z/),
      fileInfo: { color: "blue green" },
      fileName: "a/cat.jpg",
      fileRetention: { isClientAuthorizedToRead: true, value: { mode: null, retainUntilTimestamp: null } },
      legalHold: { isClientAuthorizedToRead: true, value: null },
      replicationStatus: null,
      serverSideEncryption: { algorithm: null, mode: null },
      uploadTimestamp: expect.any(Number),
    });
  });

  it("takes a token for one place only, and that token opens no download", async () => {
    const { call, upload, download, bucketId } = await connect({ files: { "a.txt": { content: "a" } } });
    const { body: place } = await call("b2_get_upload_url", { bucketId });
    const { body: large } = await call("b2_start_large_file", { bucketId, fileName: "b", contentType: "b2/x-auto" });
    const { body: part } = await call("b2_get_upload_part_url", { fileId: large.fileId });
    const wrong = await upload("b.txt", "b", { Authorization: part.authorizationToken });
    expect(wrong).toMatchObject({ status: 401, code: "bad_auth_token" });
    expect((await upload("b.txt", "b", { Authorization: place.authorizationToken })).status).toBe(200);
    expect((await download("a.txt", { Authorization: place.authorizationToken })).status).toBe(401);
    const list = await call("b2_list_file_names", { bucketId }, place.authorizationToken);
    expect(list).toMatchObject({ status: 401, code: "bad_auth_token" });
  });

  it("tells a key without the right that it may not read a lock", async () => {
    const { upload } = await connect({ capabilities: ["writeFiles"] });
    const { body } = await upload("a.txt", "content");
    expect([body.fileRetention, body.legalHold]).toEqual([
      { isClientAuthorizedToRead: false, value: null },
      { isClientAuthorizedToRead: false, value: null },
    ]);
  });

  it.each([
    [{ "X-Bz-Content-Sha1": "0".repeat(40) }, "Sha1 did not match"],
    [{ "X-Bz-Content-Sha1": "short" }, "Invalid SHA-1"],
    [{ "X-Bz-Content-Sha1": "unverified:short" }, "Invalid SHA-1"],
    [{ "X-Bz-Content-Sha1": null }, "Missing header: X-Bz-Content-Sha1"],
    [{ "X-Bz-File-Name": null }, "Missing header: X-Bz-File-Name"],
    [{ "X-Bz-File-Name": "a%zz" }, "Bad percent-encoding"],
    [{ "X-Bz-File-Name": "a%5Cb.txt" }, "must not contain \\"],
    [{ "X-Bz-File-Name": "a//b" }, "must not contain //"],
    [{ "X-Bz-File-Name": "/a" }, "must not start or end with /"],
    [{ "X-Bz-File-Name": "a%0A" }, "control characters"],
    [{ "X-Bz-File-Name": "x".repeat(251) }, "250 bytes"],
    [{ "Content-Type": "image/é" }, "invalid contentType"],
    [{ "Content-Type": "jpeg" }, "invalid contentType"],
    [{ "Content-Disposition": "inline" }, "must not have the field Content-Disposition"],
    [{ "X-Bz-Info-b2-content-disposition": "attachment; filename=caf%C3%A9.jpg" }, "invalid b2-content-disposition"],
    [{ "X-Bz-Info-b2-content-disposition": "attachment; filename=two words" }, "invalid b2-content-disposition"],
    [{ "X-Bz-Info-b2-content-disposition": "inline%0D%0AX-Evil: yes" }, "invalid b2-content-disposition"],
    [{ "X-Bz-Info-b2-content-language": "français" }, "invalid b2-content-language"],
    [{ "X-Bz-Info-b2-expires": "tomorrow" }, "invalid b2-expires"],
    [{ "X-Bz-Info-b2-cache-control": "max-age = 3" }, "invalid b2-cache-control"],
    [{ "X-Bz-Info-b2-content-encoding": "gzip;" }, "invalid b2-content-encoding"],
    [{ "X-Bz-Info-b2-colour": "red" }, "Unknown file info: b2-colour"],
    [Object.fromEntries(Array.from({ length: 11 }, (_, n) => [`X-Bz-Info-n${n}`, "x"])), "may have 10 X-Bz-Info-*"],
    [{ "X-Bz-Info-long": "x".repeat(7001) }, "7000 bytes"],
    [{ "X-Bz-Server-Side-Encryption": "ROT13" }, "must be AES256"],
    [{ ...KEY_FIELDS, "X-Bz-Server-Side-Encryption-Customer-Key": "short" }, "32 bytes in base64"],
  ])("refuses %j with 400 and a reason", async (fields, reason) => {
    const { upload } = await connect();
    const refused = await upload("file.txt", "content", fields);
    expect([refused.status, refused.code, refused.body.message]).toEqual([
      400,
      "bad_request",
      expect.stringContaining(reason),
    ]);
  });

  it.each([
    ["b2-content-disposition", 'attachment; filename="a \\"b\\".txt"; filename*=UTF-8\'\'caf%C3%A9.jpg'],
    ["b2-content-language", "de, en-GB"],
    ["b2-expires", "Thu, 01 Dec 2022 16:00:00 GMT"],
    ["b2-cache-control", 'public, max-age=60, private="x"'],
    ["b2-content-encoding", "gzip, br"],
  ])("takes %s: %s, and a download has it as a field", async (name, value) => {
    const { upload, download } = await connect();
    expect((await upload("a.txt", "content", { [`X-Bz-Info-${name}`]: encodeURIComponent(value) })).status).toBe(200);
    const field = name.slice("b2-".length);
    const { headers } = await download("a.txt");
    expect([headers.get(field), headers.get(`X-Bz-Info-${name}`)]).toEqual([value, null]);
  });

  it("does not send a file with a customer's key without that key", async () => {
    const { upload, download } = await connect();
    const { body } = await upload("secret.txt", "content", KEY_FIELDS);
    expect(body.serverSideEncryption).toEqual({ algorithm: "AES256", mode: "SSE-C" });
    const refused = await download("secret.txt");
    expect([refused.status, await refused.json()]).toEqual([
      400,
      {
        status: 400,
        code: "bad_request",
        message: expect.stringContaining("The object was stored using a form of Server Side Encryption. "),
      },
    ]);
    const other = Buffer.alloc(32, 2).toString("base64");
    const denied = await download("secret.txt", { ...KEY_FIELDS, "X-Bz-Server-Side-Encryption-Customer-Key": other });
    expect([denied.status, (await denied.json()).code]).toEqual([403, "access_denied"]);
    const opened = await download("secret.txt", KEY_FIELDS);
    expect(await opened.text()).toBe("content");
    const md5 = opened.headers.get("X-Bz-Server-Side-Encryption-Customer-Key-Md5");
    expect(md5).toBe(KEY_FIELDS["X-Bz-Server-Side-Encryption-Customer-Key-Md5"]);
    expect([...opened.headers.values()]).not.toContain(KEY_FIELDS["X-Bz-Server-Side-Encryption-Customer-Key"]);
  });

  it("gives no other fields to a download of a public file without a token", async () => {
    const { ask, download } = await connect({ isPublic: true, files: { "a.txt": { content: "content" } } });
    const path = "/file/images/a.txt?b2ContentType=text%2Fhtml";
    expect((await ask(path)).status).toBe(401);
    expect((await download("a.txt?b2ContentType=text%2Fhtml")).headers.get("Content-Type")).toBe("text/html");
    expect((await ask("/file/images/a.txt")).status).toBe(200);
    expect((await download("a.txt?b2Expires=never")).status).toBe(400);
  });
});
