import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MASTER_KEY } from "../local-b2/b2/application-key.ts";
import { SWITCHES } from "../local-b2/b2/switches.ts";
import { expectJudged } from "./expect-judged.ts";
import { fileContent, ODD_NAMES } from "./fixtures/odd-names.ts";
import { isMissing } from "./missing-tool.ts";
import { type Project, startProject } from "./project.ts";

const run = promisify(execFile);
const LARGE_BYTES = 120_000_000;

describe.skipIf(isMissing("rclone"))("rclone, with the local B2 as its endpoint", () => {
  let project: Project;
  let dir: string;
  let large: Buffer;

  beforeAll(async () => {
    [project, dir] = await Promise.all([startProject({ samples: false }), mkdtemp(join(tmpdir(), "rclone-"))]);
    for (const name of ODD_NAMES) {
      await mkdir(dirname(join(dir, name)), { recursive: true });
      await writeFile(join(dir, name), fileContent(name));
    }
    large = randomBytes(LARGE_BYTES);
    await writeFile(join(dir, "large.bin"), large);
  });
  afterAll(async () => {
    await project?.stop();
    await rm(dir, { recursive: true, force: true });
  });

  async function rclone(...args: string[]): Promise<string> {
    return await rcloneAs(project.b2, ...args);
  }

  async function rcloneAs({ keyId, key }: { keyId: string; key: string }, ...args: string[]): Promise<string> {
    const env = {
      PATH: process.env.PATH,
      RCLONE_CONFIG_B2_TYPE: "b2",
      RCLONE_CONFIG_B2_ACCOUNT: keyId,
      RCLONE_CONFIG_B2_KEY: key,
      RCLONE_CONFIG_B2_ENDPOINT: project.b2Server.url,
      RCLONE_CONFIG_B2_CHUNK_SIZE: "48M",
      RCLONE_CONFIG_B2_UPLOAD_CUTOFF: "60M",
      RCLONE_CONFIG_B2_ENCODING: "Slash,InvalidUtf8",
    };
    const { stdout } = await run("rclone", ["--config", "/dev/null", "--retries", "1", ...args], {
      env,
      maxBuffer: 1e8,
    });
    return stdout;
  }

  it("uploads 50 odd names and 120 MB in parts, finds them equal, and lists them", async () => {
    await rclone("copy", dir, "b2:images");
    expect(project.b2.stats().operations.b2_upload_part?.calls).toBe(3);
    await rclone("check", "--download", dir, "b2:images");
    const listed = (await rclone("lsf", "-R", "--files-only", "--format", "p", "b2:images")).trimEnd().split("\n");
    expect(listed.toSorted()).toEqual([...ODD_NAMES, "large.bin"].toSorted());
  });

  describe.each(SWITCHES.rawNames.positions)("when names on the wire are %s", (rawNames) => {
    beforeAll(() => project.b2.setSwitches({ rawNames }));

    it.each(ODD_NAMES)("the Worker serves %j, which rclone uploaded", async (name) => {
      const response = await fetch(urlOf(name));
      expect([response.status, await response.text()]).toEqual([200, fileContent(name)]);
    });

    it("rclone uploads the names, finds them equal, and lists them", async () => {
      const to = `b2:images/${rawNames}`;
      await rclone("copy", "--exclude", "large.bin", dir, to);
      await rclone("check", "--exclude", "large.bin", "--download", dir, to);
      const listed = (await rclone("lsf", "-R", "--files-only", to)).trimEnd().split("\n");
      expect(listed.toSorted()).toEqual(ODD_NAMES.toSorted());
    });
  });

  it("the Worker serves the file of 120 MB, which rclone uploaded", async () => {
    const response = await fetch(urlOf("large.bin"));
    const hash = createHash("sha256");
    for await (const chunk of response.body ?? []) hash.update(chunk);
    expect(hash.digest("hex")).toBe(createHash("sha256").update(large).digest("hex"));
    // B2 knows no SHA-1 of a file uploaded in parts: the entity tag is of its id then, and not one for all of them.
    expect(response.headers.get("ETag")).toMatch(/^"f1\w+"$/);
  });

  it("copies and moves inside of B2, shares a link, and knows SHA-1s", async () => {
    await rclone("copyto", "b2:images/files", "b2:images/copy/a copy+.txt");
    await rclone("moveto", "b2:images/copy/a copy+.txt", "b2:images/copy/moved.txt");
    expect(project.b2.stats().operations.b2_copy_file?.calls).toBe(2);
    expect(await rclone("lsf", "b2:images/copy")).toBe("moved.txt\n");
    const link = (await rclone("link", "b2:images/copy/moved.txt")).trim();
    expect(await (await fetch(link)).text()).toBe(fileContent("files"));
    const sha1 = createHash("sha1").update(fileContent("files")).digest("hex");
    expect(await rclone("sha1sum", "b2:images/copy")).toBe(`${sha1}  moved.txt\n`);
    expect((await rclone("lsf", "--b2-versions", "b2:images/copy")).trimEnd().split("\n")).toHaveLength(2);
  });

  it("makes and removes a bucket with the master key, and deletes old versions", async () => {
    await rcloneAs(MASTER_KEY, "mkdir", "b2:made-by-rclone");
    expect(project.b2.bucketNames).toEqual(["images", "made-by-rclone"]);
    await rcloneAs(MASTER_KEY, "rmdir", "b2:made-by-rclone");
    expect(project.b2.bucketNames).toEqual(["images"]);
    const files = () => [...project.b2.bucket("images").files.keys()].filter((name) => name.startsWith("copy/"));
    expect(files()).toHaveLength(2);
    await rclone("cleanup", "b2:images/copy");
    expect(files()).toEqual(["copy/moved.txt"]);
  });

  it("deletes: what was hidden or deleted is not found any more", async () => {
    await rclone("deletefile", "b2:images/a b.jpg");
    await rclone("deletefile", "--b2-hard-delete", "b2:images/a+b.jpg");
    for (const name of ["a b.jpg", "a+b.jpg"]) expect((await fetch(urlOf(name))).status).toBe(404);
    expect((await rclone("lsf", "b2:images")).split("\n")).not.toContain("a b.jpg");
  });

  it("has made every call that test/README.md says it judges, and no other", async () => {
    await expectJudged("R", project.b2);
  });

  /** As any program would: each segment by itself. A name that looks like B2's own links needs another way in. */
  function urlOf(name: string): string {
    const path = name.split("/").map(encodeURIComponent).join("/");
    return `${project.url}/${name.startsWith("file/") ? `file/images/${path}` : path}`;
  }
});
