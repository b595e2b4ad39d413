import { access, mkdir, mkdtemp, readFile, rm, symlink, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type LocalB2Server, type ServeOptions, startLocalB2 } from "../local-b2/serve.ts";

let dir: string;
let server: LocalB2Server;
let token: string;
let bucketId: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "local-b2-folder-"));
});
afterEach(async () => {
  await server.close();
  await rm(dir, { recursive: true, force: true });
});

async function put(name: string, content: string): Promise<void> {
  await mkdir(dirname(join(dir, name)), { recursive: true });
  await writeFile(join(dir, name), content);
}

async function start(options: ServeOptions = {}): Promise<void> {
  server = await startLocalB2({ dir, ...options });
  const headers = { Authorization: `Basic ${btoa(`${server.b2.keyId}:${server.b2.key}`)}` };
  const account = await (await fetch(`${server.url}/b2api/v4/b2_authorize_account`, { headers })).json();
  token = account.authorizationToken;
  bucketId = server.b2.bucket("images").id;
}

async function call(operation: string, parameters: object = {}) {
  const init = { method: "POST", headers: { Authorization: token }, body: JSON.stringify({ bucketId, ...parameters }) };
  return await (await fetch(`${server.url}/b2api/v4/${operation}`, init)).json();
}

async function names(operation = "b2_list_file_names"): Promise<string[]> {
  const { files } = await call(operation);
  return files.map(({ fileName }: { fileName: string }) => fileName);
}

async function download(name: string): Promise<string> {
  const response = await fetch(`${server.url}/file/images/${name}`, { headers: { Authorization: token } });
  return response.ok ? await response.text() : String(response.status);
}

async function upload(name: string, content: string): Promise<{ fileId: string }> {
  const place = await call("b2_get_upload_url");
  const headers = {
    Authorization: place.authorizationToken,
    "X-Bz-File-Name": name,
    "X-Bz-Content-Sha1": "do_not_verify",
    "Content-Type": "b2/x-auto",
  };
  return await (await fetch(place.uploadUrl, { method: "POST", headers, body: content })).json();
}

describe("a folder as the files of a bucket", () => {
  it("is as it is at each look: what is copied in, changed or taken away while it runs counts", async () => {
    await put("old.txt", "old");
    await start();
    await put("deep/new.txt", "new");
    expect(await download("deep/new.txt")).toBe("new");
    await put("newer.txt", "newer");
    expect(await names()).toEqual(["deep/new.txt", "newer.txt", "old.txt"]);
    await put("old.txt", "changed");
    expect(await download("old.txt")).toBe("changed");
    expect(await names("b2_list_file_versions")).toEqual(["deep/new.txt", "newer.txt", "old.txt"]);
    await rm(join(dir, "newer.txt"));
    expect([await names(), await download("newer.txt")]).toEqual([["deep/new.txt", "old.txt"], "404"]);
  });

  it("has each file once, however many look at the same time", async () => {
    await put("a.txt", "a");
    await start();
    await put("b.txt", "b");
    await Promise.all([names(), download("b.txt"), names(), download("b.txt")]);
    expect(await names("b2_list_file_versions")).toEqual(["a.txt", "b.txt"]);
  });

  it("dates a file by when it was changed", async () => {
    await put("a.txt", "a");
    await utimes(join(dir, "a.txt"), 0, 1_600_000_000);
    await start();
    expect((await call("b2_list_file_names")).files[0].uploadTimestamp).toBe(1_600_000_000_000);
  });

  it("keeps a hidden file hidden until it is changed", async () => {
    await put("a.txt", "a");
    await start();
    await call("b2_hide_file", { fileName: "a.txt" });
    expect([await names(), await download("a.txt")]).toEqual([[], "404"]);
    await put("a.txt", "another");
    expect(await download("a.txt")).toBe("another");
  });

  it("leaves out dot files, what is in dot folders, links, and names that B2 refuses", async () => {
    await put("shown.txt", "shown");
    await put(".secret", "secret");
    await put(".git/config", "secret");
    await put("back\\slash.txt", "refused");
    await put("tab\there.txt", "refused");
    await symlink("/etc/passwd", join(dir, "link.txt"));
    await symlink("/etc", join(dir, "linked"));
    await start();
    expect(await names()).toEqual(["shown.txt"]);
    expect(server.leftOut).toEqual(["back\\slash.txt", "tab\there.txt"]);
    for (const name of [".secret", ".git/config", "link.txt", "linked/passwd", "%2e%2e/passwd"])
      expect(await download(name)).toBe("404");
  });

  it("has no SHA-1 of a file that would be uploaded in parts, so that nobody waits for it", async () => {
    await put("large.bin", "");
    await truncate(join(dir, "large.bin"), 100_000_001);
    await put("small.bin", "small");
    await start();
    const { files } = await call("b2_list_file_names");
    expect(files.map(({ contentSha1 }: { contentSha1: string }) => contentSha1)).toEqual([
      "none",
      expect.stringMatching(/^[0-9a-f]{40}$/),
    ]);
  });

  it("is not written to without --write", async () => {
    await start();
    await upload("a.txt", "a");
    expect(await names()).toEqual(["a.txt"]);
    await expect(access(join(dir, "a.txt"))).rejects.toThrow();
  });

  it("with --write gets uploads, once each, and loses what is deleted", async () => {
    await start({ write: true });
    const { fileId } = await upload("deep/a.txt", "a");
    expect(await readFile(join(dir, "deep/a.txt"), "utf8")).toBe("a");
    expect(await names("b2_list_file_versions")).toEqual(["deep/a.txt"]);
    await call("b2_delete_file_version", { fileId, fileName: "deep/a.txt" });
    await expect(access(join(dir, "deep/a.txt"))).rejects.toThrow();
    expect(await names("b2_list_file_versions")).toEqual([]);
  });

  it("with --write keeps older uploads, but not what was in the folder before them", async () => {
    await put("a.txt", "of the folder");
    await start({ write: true });
    expect(await download("a.txt")).toBe("of the folder");
    const { fileId } = await upload("a.txt", "first");
    await upload("a.txt", "second");
    expect(await names("b2_list_file_versions")).toEqual(["a.txt", "a.txt"]);
    const old = `${server.url}/b2api/v4/b2_download_file_by_id?fileId=${fileId}`;
    expect(await (await fetch(old, { headers: { Authorization: token } })).text()).toBe("first");
    expect([await download("a.txt"), await readFile(join(dir, "a.txt"), "utf8")]).toEqual(["second", "second"]);
  });

  it("with --write lists each upload once, even while it is being written", async () => {
    await start({ write: true });
    const uploads = Array.from({ length: 30 }, (_, n) => `${n + 10}.txt`);
    const content = "x".repeat(200_000);
    await Promise.all(uploads.flatMap((name) => [upload(name, content), names(), download(name)]));
    expect(await names("b2_list_file_versions")).toEqual(uploads);
  });
});
