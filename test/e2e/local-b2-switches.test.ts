import { describe, expect, it } from "vitest";
import { connect } from "./local-b2-client.ts";

const FILES = { "a/cat.jpg": { content: "0123456789" }, "b.jpg": { content: "b" } };

describe("the switches of the local B2", () => {
  it.each(["401", "403"] as const)("scopeError=%s is the status of whatever lacks a right", async (scopeError) => {
    const client = await connect({
      files: FILES,
      switches: { scopeError },
      capabilities: ["shareFiles", "listBuckets"],
    });
    const Authorization = await client.downloadToken({ fileNamePrefix: "a/" });
    const outside = await client.download("b.jpg", { Authorization });
    expect([outside.status, await outside.json()]).toMatchObject([Number(scopeError), { code: "unauthorized" }]);
    const listed = await client.call("b2_list_file_names", { bucketId: client.bucketId });
    expect(listed).toMatchObject({ status: Number(scopeError), code: "unauthorized" });
    // A wrong key is 401 in every source.
    expect((await client.authorize("wrong:key")).status).toBe(401);
  });

  it.each([
    ["200", null, "0123456789"],
    ["206", "bytes 0-9/10", "0123456789"],
  ] as const)("wholeRange=%s is the status of a range that covers the file", async (wholeRange, contentRange, text) => {
    const { download } = await connect({ files: FILES, switches: { wholeRange } });
    for (const Range of ["bytes=0-", "bytes=0-9", "bytes=0-99", "bytes=-10"]) {
      const whole = await download("a/cat.jpg", { Range });
      expect([whole.status, whole.headers.get("Content-Range")]).toEqual([Number(wholeRange), contentRange]);
      expect(await whole.text()).toBe(text);
    }
    expect((await download("a/cat.jpg", { Range: "bytes=1-" })).status).toBe(206);
    expect((await download("a/cat.jpg")).status).toBe(200);
  });

  it("rawNames=encoded reads + as a space, and refuses a raw & or ,", async () => {
    const { upload, download } = await connect({ switches: { rawNames: "encoded" } });
    const { body } = await upload("", "a file", { "X-Bz-File-Name": "a+b.txt", "X-Bz-Info-note": "c+d" });
    expect([body.fileName, body.fileInfo]).toEqual(["a b.txt", { note: "c d" }]);
    expect((await download("a+b.txt")).status).toBe(200);
    expect((await download("a%2Bb.txt")).status).toBe(404);
    for (const name of ["a&b.txt", "a,b.txt"]) {
      expect((await upload("", "x", { "X-Bz-File-Name": name })).status).toBe(400);
      expect((await download(name)).status).toBe(400);
    }
  });

  it("rawNames=literal reads +, & and , as themselves, encoded or not", async () => {
    const { upload, download } = await connect({ switches: { rawNames: "literal" } });
    const { body } = await upload("", "a file", { "X-Bz-File-Name": "a+b&c,d.txt", "X-Bz-Info-note": "c+d" });
    expect([body.fileName, body.fileInfo]).toEqual(["a+b&c,d.txt", { note: "c+d" }]);
    expect((await download("a+b&c,d.txt")).status).toBe(200);
    expect((await download("a%2Bb%26c%2Cd.txt")).status).toBe(200);
    expect((await download("a%20b&c,d.txt")).status).toBe(404);
    expect((await download("[a].txt")).status).toBe(400);
  });

  it.each([
    ["outlive-key", 200],
    ["die-with-key", 401],
  ] as const)("downloadTokens=%s decides whether they hold without their key", async (downloadTokens, status) => {
    const { b2, download, downloadToken } = await connect({ files: FILES, switches: { downloadTokens } });
    const Authorization = await downloadToken();
    expect((await download("b.jpg", { Authorization })).status).toBe(200);
    b2.deleteKey();
    expect((await download("b.jpg", { Authorization })).status).toBe(status);
  });

  it.each([
    ["outlive-key", 200],
    ["die-with-key", 401],
  ] as const)(
    "downloadTokens=%s decides whether they hold when their key has ended",
    async (downloadTokens, status) => {
      const { b2, download, downloadToken } = await connect({ files: FILES, switches: { downloadTokens } });
      const Authorization = await downloadToken();
      b2.setKey({ expiresAt: b2.now() });
      expect((await download("b.jpg", { Authorization })).status).toBe(status);
    },
  );
});
