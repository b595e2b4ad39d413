import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addEventRule } from "../local-site/event-rule.ts";
import { isMissing } from "./missing-tool.ts";
import { type CachedProject, startCachedProject } from "./varnish/cached-project.ts";
import { isVarnishMissing } from "./varnish/start-varnish.ts";

const run = promisify(execFile);
const SECRET = "abcdefghijklmnopqrstuvwxyz012345";
const FILE = "my photos/a, b+c.txt";
const TAG = "/my%20photos/a%2C%20b+c.txt";
const TAGS = [TAG, "/", "/my%20photos/"];
/** Its own address, and others of the same file. */
const ADDRESSES = [
  "/my%20photos/a,%20b+c.txt",
  "/my%20photos/a%2C%20b%2Bc.txt",
  "/my%20photos/a,%20b+c.txt?utm_source=x",
  "/my%20photos/a,%20b+c.txt?v=2",
  "/file/images/my+photos/a%2C+b%2Bc.txt",
];

describe.skipIf([isVarnishMissing(), isMissing("rclone")].includes(true))(
  "a file that rclone replaces, with Varnish in front of both entrypoints",
  () => {
    let site: CachedProject;
    let dir: string;

    beforeAll(async () => {
      site = await startCachedProject({
        B2_EVENT_SIGNING_SECRET: SECRET,
        LISTED_PREFIXES: "/",
        VERSION_PARAMETER: "v",
      });
      dir = await mkdtemp(join(tmpdir(), "replaced-file-"));
      addEventRule(site.project.b2, { workerUrl: site.url, secret: SECRET });
    });
    afterAll(async () => {
      await site?.stop();
      if (dir !== undefined) await rm(dir, { recursive: true, force: true });
    });

    async function rclone(...args: string[]): Promise<void> {
      const { keyId, key, url } = site.project.b2;
      const options = ["--b2-account", keyId, "--b2-key", key, "--b2-endpoint", url, "--config", "/dev/null"];
      await run("rclone", [...args, ...options]);
      await site.project.b2.eventsSent();
    }

    async function upload(content: string): Promise<void> {
      const path = join(dir, "upload");
      await writeFile(path, content);
      await rclone("copyto", path, `:b2:images/${FILE}`);
    }

    async function seen(): Promise<string[]> {
      const answers = [];
      for (const address of ADDRESSES) answers.push(await site.ask(address));
      await site.settled();
      return answers.map(({ status, text }) => (status === 200 ? text : String(status)));
    }

    function everywhere(text: string): string[] {
      return ADDRESSES.map(() => text);
    }

    function purgeLines(): string[] {
      return site.project
        .logs()
        .split("\n")
        .filter((line) => line.includes('"test.purged"'));
    }

    /** What was purged since the last look, with the cache of each: this many calls, or more. */
    let looked = 0;
    async function purges(count: number): Promise<unknown[]> {
      // The log comes a little later than the answer.
      await expect.poll(() => purgeLines().length).toBeGreaterThanOrEqual(looked + count);
      const all = purgeLines();
      const news = all.slice(looked).map((line) => JSON.parse(line));
      looked = all.length;
      return news.map(({ url, options, status }) => [
        url === site.varnish.imagesUrl ? "Images" : "default",
        options,
        status,
      ]);
    }

    it("is new at all of its addresses at once, by one purge of each entrypoint with just its tags", async () => {
      expect(await seen()).toEqual(everywhere("404"));
      await upload("one");
      expect(await purges(2)).toEqual([
        ["Images", { tags: TAGS }, 200],
        ["default", { tags: TAGS }, 200],
      ]);
      expect(await seen()).toEqual(everywhere("one"));
      const downloads = site.downloads();
      expect(await seen()).toEqual(everywhere("one"));
      expect(site.downloads()).toBe(downloads);
      await upload("two");
      expect(await seen()).toEqual(everywhere("two"));
      expect(await purges(2)).toHaveLength(2);
    });

    it("is in the gallery of its folder, and gone from it, as B2 has it", async () => {
      const gallery = async () => (await site.ask("/my%20photos/?format=json")).text;
      expect(await gallery()).toContain("a, b+c.txt");
      await rclone("deletefile", `:b2:images/${FILE}`);
      expect(await gallery()).not.toContain("a, b+c.txt");
      expect(await seen()).toEqual(everywhere("404"));
    });

    it("leaves the other files in the cache", async () => {
      site.project.b2.put("images", "other.txt", { content: "other", contentType: "text/plain" });
      await site.project.b2.eventsSent();
      await site.ask("/other.txt");
      await upload("three");
      expect((await site.ask("/other.txt")).headers.get("Cf-Cache-Status")).toBe("HIT");
    });
  },
);
