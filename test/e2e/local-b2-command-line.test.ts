import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalB2Server, startLocalB2 } from "../local-b2/serve.ts";
import { expectJudged } from "./expect-judged.ts";
import { DEBIAN_PYTHON, isMissing } from "./missing-tool.ts";

const run = promisify(execFile);

/** Version 2 of the API. The program knows three addresses of B2; one of them becomes the local one. */
const PROGRAM = `
import os
from b2.account_info.abstract import AbstractAccountInfo
AbstractAccountInfo.REALM_URLS["dev"] = os.environ["LOCAL_B2"]
from b2.console_tool import main
main()
`;

describe.skipIf(isMissing("backblaze-b2"))("the vendor's command line, with the local B2", () => {
  let server: LocalB2Server;
  let dir: string;

  beforeAll(async () => {
    [server, dir] = await Promise.all([startLocalB2(), mkdtemp(join(tmpdir(), "b2-command-line-"))]);
    await b2("authorize-account", "--dev", server.b2.keyId, server.b2.key);
  });
  afterAll(async () => {
    await server?.close();
    await rm(dir, { recursive: true, force: true });
  });

  async function b2(...args: string[]): Promise<string> {
    const env = { PATH: process.env.PATH, LOCAL_B2: server.url, B2_ACCOUNT_INFO: join(dir, "account.db") };
    const { stdout } = await run(DEBIAN_PYTHON, ["-c", PROGRAM, ...args], { env, cwd: dir });
    return stdout;
  }

  it("uploads, lists, downloads and hides a file", async () => {
    await writeFile(join(dir, "cat.txt"), "a cat");
    await b2("upload-file", "--noProgress", "images", "cat.txt", "old/a cat +&,é.txt");
    expect((await b2("ls", "--long", "images")).trim()).toMatch(/ 0 {2}old\/$/);
    expect((await b2("ls", "--recursive", "--long", "images")).trim()).toMatch(/upload .* 5 {2}old\/a cat \+&,é\.txt$/);
    await b2("download-file-by-name", "--noProgress", "images", "old/a cat +&,é.txt", "back.txt");
    expect(await readFile(join(dir, "back.txt"), "utf8")).toBe("a cat");
    await b2("hide-file", "images", "old/a cat +&,é.txt");
    expect(await b2("ls", "--recursive", "images")).toBe("");
    expect((await b2("ls", "--recursive", "--versions", "images")).trimEnd().split("\n")).toHaveLength(2);
  });

  it("tells of the bucket, and how large it is", async () => {
    expect(JSON.parse(await b2("get-bucket", "--showSize", "images"))).toMatchObject({
      bucketName: "images",
      bucketType: "allPrivate",
      totalSize: 5,
    });
  });

  it("syncs a folder, and only what has changed after that", async () => {
    await mkdir(join(dir, "sync/deep"), { recursive: true });
    await writeFile(join(dir, "sync/one.txt"), "one");
    await writeFile(join(dir, "sync/deep/two.txt"), "two");
    const first = (await b2("sync", "--noProgress", "sync", "b2://images/synced")).trimEnd().split("\n");
    expect(first.toSorted()).toEqual(["upload deep/two.txt", "upload one.txt"]);
    expect(await b2("sync", "--noProgress", "sync", "b2://images/synced")).toBe("");
  });

  it("has made every call that test/README.md says it judges, and no other", async () => {
    await expectJudged("C", server.b2);
  });
});
