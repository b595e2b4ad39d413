import { expect, it, vi } from "vitest";
import { authorizeAccount } from "../../../src/b2/api.ts";
import { B2Error } from "../../../src/b2/error.ts";
import { listFiles } from "../../../src/b2/list-files.ts";
import type { LocalB2Options } from "../../local-b2/options.ts";
import { b2BehindFetch, MINT_SETTINGS } from "../support/b2-behind-fetch.ts";

const UPLOADED_AT = Date.UTC(2026, 10, 24, 12);

async function prepare(options: LocalB2Options = {}) {
  vi.useFakeTimers({ toFake: ["Date"], now: UPLOADED_AT });
  const b2 = b2BehindFetch(options);
  const account = await authorizeAccount(MINT_SETTINGS.apiUrl, MINT_SETTINGS);
  const bucketId = account.buckets?.[0]?.id ?? "";
  const list = (prefix: string, { startFileName = "", count = 10, isDeep = false, withHidden = false } = {}) =>
    listFiles(account, { bucketId, prefix, startFileName, count, isDeep, withHidden, timeoutMs: 1000 });
  return { b2, list };
}

it("gives the files and the folders of one folder, in the order of their bytes, without hidden ones", async () => {
  const { b2, list } = await prepare();
  for (const name of ["a/z.jpg", "a/é.jpg", "a/b/c.jpg", "a/b/d.jpg", "a/Z.jpg", "a/gone.jpg", "b.jpg"])
    b2.put("images", name, { content: "123", contentType: "image/jpeg" });
  b2.hide("images", "a/gone.jpg");
  const page = await list("a/");
  expect(page.nextFileName).toBeNull();
  expect(page.entries.map(({ kind, name }) => [kind, name])).toEqual([
    ["file", "a/Z.jpg"],
    ["folder", "a/b/"],
    ["file", "a/z.jpg"],
    ["file", "a/é.jpg"],
  ]);
  expect(page.entries[0]).toEqual({
    kind: "file",
    name: "a/Z.jpg",
    bytes: 3,
    contentType: "image/jpeg",
    sha1: "40bd001563085fc35165329ea1ff5c5ecbdbbeef",
    uploadedAt: UPLOADED_AT,
  });
});

it("gives as many as are asked for, and where the next ones start", async () => {
  const { b2, list } = await prepare();
  for (const name of ["1", "2", "3"]) b2.put("images", name, { content: "" });
  const { entries, nextFileName } = await list("", { startFileName: "2", count: 1 });
  expect([entries.map(({ name }) => name), nextFileName]).toEqual([["2"], "3"]);
});

it("says of a large file that its SHA-1 is not known", async () => {
  const { b2, list } = await prepare();
  b2.put("images", "large.bin", { content: "123", sha1: "none" });
  expect((await list("")).entries).toMatchObject([{ name: "large.bin", sha1: undefined }]);
});

it("fails when the key may not list files", async () => {
  const { list } = await prepare({ capabilities: ["shareFiles", "readFiles"] });
  const failure = await list("").catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(B2Error);
  expect(failure).toMatchObject({ code: "unauthorized", b2Code: "unauthorized", operation: "b2_list_file_names" });
});

it("fails when the answer is no list", async () => {
  const { list } = await prepare();
  vi.stubGlobal("fetch", async () => Response.json({ files: [{ fileName: "secret.jpg" }] }));
  const failure = await list("").catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: "unexpected-answer", message: expect.stringContaining("files.0.action") });
  expect(String(failure)).not.toContain("secret");
});

it("gives each name once, as its newest version is, when hidden files are listed too", async () => {
  const { b2, list } = await prepare();
  for (const name of ["a.jpg", "b.jpg", "c/d.jpg"]) b2.put("images", name, { content: "old" });
  b2.put("images", "a.jpg", { content: "newer" });
  b2.hide("images", "b.jpg");
  const { entries } = await list("", { withHidden: true });
  expect(entries.map(({ kind, name }) => [kind, name])).toEqual([
    ["file", "a.jpg"],
    ["hidden", "b.jpg"],
    ["folder", "c/"],
  ]);
  expect(entries[0]).toMatchObject({ bytes: 5 });
});

it("gives what is in folders, in place of them", async () => {
  const { b2, list } = await prepare();
  for (const name of ["a.jpg", "b/c.jpg", "b/d/e.jpg"]) b2.put("images", name, { content: "" });
  const { entries } = await list("", { isDeep: true });
  expect(entries.map(({ name }) => name)).toEqual(["a.jpg", "b/c.jpg", "b/d/e.jpg"]);
});
