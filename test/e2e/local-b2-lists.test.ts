import { describe, expect, it } from "vitest";
import { connect } from "./local-b2-client.ts";

/** In the order of their UTF-8 bytes, which is not that of UTF-16: U+FF5E is before U+1F308. */
const IN_ORDER = ["!a.txt", "A.txt", "a", "a!.txt", "a.txt", "a/b.txt", "a0.txt", "é.txt", "～.txt", "🌈.txt"];

function filesOf(names: string[]) {
  return Object.fromEntries(names.map((name) => [name, { content: name }]));
}

interface Listed {
  fileName: string;
  action: string;
}

describe("b2_list_file_names", () => {
  it("is in the order of UTF-8, page by page", async () => {
    const { call, bucketId } = await connect({ files: filesOf(IN_ORDER.toReversed()) });
    const names: string[] = [];
    for (let startFileName: string | null = null; names.length === 0 || startFileName !== null; ) {
      const { body } = await call("b2_list_file_names", { bucketId, maxFileCount: 3, startFileName });
      names.push(...body.files.map(({ fileName }: Listed) => fileName));
      startFileName = body.nextFileName;
    }
    expect(names).toEqual(IN_ORDER);
  });

  it.each([
    [{ delimiter: "/" }, ["!a.txt", "a/ folder", "a0/ folder", "b.txt"]],
    [{ delimiter: "/", prefix: "a" }, ["a/ folder", "a0/ folder"]],
    [{ delimiter: "/", prefix: "a/" }, ["a/1.txt", "a/b/ folder"]],
    [{ prefix: "a/" }, ["a/1.txt", "a/b/2.txt", "a/b/3.txt"]],
    [{ delimiter: "/", startFileName: "a0" }, ["a0/ folder", "b.txt"]],
    [{ delimiter: "b/" }, ["!a.txt", "a/1.txt", "a/b/ folder", "a0/4.txt", "b.txt"]],
    [{ prefix: "zzz" }, []],
  ])("of %j is %j", async (parameters, expected) => {
    const names = ["!a.txt", "a/1.txt", "a/b/2.txt", "a/b/3.txt", "a0/4.txt", "b.txt"];
    const { call, bucketId } = await connect({ files: filesOf(names) });
    const { body } = await call("b2_list_file_names", { bucketId, ...parameters });
    const told = body.files.map(({ fileName, action }: Listed) => fileName + (action === "folder" ? " folder" : ""));
    expect(told).toEqual(expected);
  });

  it("has neither hidden files nor a folder of nothing but them", async () => {
    const { b2, call, bucketId } = await connect({ files: filesOf(["a/hidden.txt", "b.txt", "c.txt"]) });
    await b2.hide("images", "a/hidden.txt");
    await b2.hide("images", "c.txt");
    const { body } = await call("b2_list_file_names", { bucketId, delimiter: "/" });
    expect(body.files.map(({ fileName }: Listed) => fileName)).toEqual(["b.txt"]);
    const { body: versions } = await call("b2_list_file_versions", { bucketId, delimiter: "/" });
    expect(versions.files.map(({ action }: Listed) => action)).toEqual(["folder", "upload", "hide", "upload"]);
  });

  it.each([
    [{ maxFileCount: 10_001 }, "maxFileCount must be"],
    [{ maxFileCount: 0 }, "maxFileCount must be"],
    [{ prefix: 7 }, "prefix must be a string"],
    [{ bucketId: "nowhere" }, "Bucket id nowhere does not exist"],
  ])("refuses %j", async (parameters, reason) => {
    const { call, bucketId } = await connect();
    const { status, body } = await call("b2_list_file_names", { bucketId, ...parameters });
    expect([status, body.message]).toEqual([400, expect.stringContaining(reason)]);
  });

  it("of 10,000 files is quick, and each page of it is", async () => {
    const files = Object.fromEntries(
      Array.from({ length: 10_000 }, (_, n) => [`f/${n % 100}/${n}.txt`, { content: `${n}` }]),
    );
    const { call, bucketId } = await connect({ files });
    const hashing = await timed(() => Promise.all(Object.values(files).map(({ content }) => sha1Of(content))));
    const whole = await timed(() => call("b2_list_file_names", { bucketId, maxFileCount: 10_000 }));
    expect(whole.result.body.files).toHaveLength(10_000);
    const folders = await timed(() => call("b2_list_file_names", { bucketId, prefix: "f/", delimiter: "/" }));
    expect(folders.result.body.files).toHaveLength(100);
    // Against each other, since the machine may be busy: it takes 0.4 s, of which hashing is 0.2 s, and 2 ms.
    expect(whole.ms / hashing.ms).toBeLessThan(20);
    expect(folders.ms / whole.ms).toBeLessThan(0.5);
  });
});

it("a list knows what came and went since the last one", async () => {
  const { upload, call, bucketId } = await connect({ files: filesOf(["b.txt"]) });
  const names = async () =>
    (await call("b2_list_file_names", { bucketId })).body.files.map(({ fileName }: Listed) => fileName);
  expect(await names()).toEqual(["b.txt"]);
  const { fileId } = (await upload("a.txt", "a")).body;
  expect(await names()).toEqual(["a.txt", "b.txt"]);
  await call("b2_delete_file_version", { fileId, fileName: "a.txt" });
  expect(await names()).toEqual(["b.txt"]);
});

describe("b2_list_file_versions", () => {
  it("goes on in the middle of a file's versions", async () => {
    const { upload, call, bucketId } = await connect();
    for (const content of ["one", "two", "three"]) await upload("a.txt", content);
    await upload("b.txt", "b");
    const first = (await call("b2_list_file_versions", { bucketId, maxFileCount: 2 })).body;
    expect(first.nextFileName).toBe("a.txt");
    const start = { startFileName: first.nextFileName, startFileId: first.nextFileId };
    const rest = (await call("b2_list_file_versions", { bucketId, ...start })).body;
    const lengths = [...first.files, ...rest.files].map(({ contentLength }) => contentLength);
    expect([lengths, rest.nextFileName, rest.nextFileId]).toEqual([[5, 3, 3, 1], null, null]);
  });
});

function sha1Of(text: string): Promise<ArrayBuffer> {
  return crypto.subtle.digest("SHA-1", new TextEncoder().encode(text));
}

async function timed<T>(run: () => Promise<T>): Promise<{ ms: number; result: T }> {
  const before = performance.now();
  const result = await run();
  return { ms: performance.now() - before, result };
}
