import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseStart, SAMPLE_DIR } from "../local-site/options.ts";
import { findFreePort, isPortFree } from "../local-site/ports.ts";
import { type NpmStart, npmStart } from "./npm-start.ts";
import { SAMPLE_PATHS } from "./sample-paths.ts";

const READY_WITHIN_MS = 20_000;

let scratch = "";
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "start-test-"));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

describe("npm start", () => {
  let port = 0;
  let b2Port = 0;
  let run: NpmStart;

  beforeAll(async () => {
    port = await findFreePort();
    b2Port = await findFreePort();
    run = npmStart(["--port", String(port), "--b2-port", String(b2Port)], scratch);
    await run.ready(READY_WITHIN_MS);
  });
  afterAll(() => run.signal("SIGKILL"));

  it("says where it is ready and which images to try", async () => {
    const [sample] = SAMPLE_PATHS;
    expect(run.stdout()).toContain(`\nReady: http://localhost:${port}/\n`);
    expect(run.stdout()).toContain(`\n  http://localhost:${port}${sample}\n`);
  });

  it("shows the log of the Worker and nothing of wrangler", () => {
    expect(run.stdout()).toContain('"event":"rotation.done"');
    expect(run.stdout() + run.stderr()).not.toMatch(/wrangler|⎔|WARNING|Binding/i);
  });

  it.each(["/", "/-/health"])("answers %s with 200", async (path) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    await response.arrayBuffer();
    expect(response.status).toBe(200);
  });

  it("tells the owner's password, and it opens the status page", async () => {
    const [, page = "", password] = /\n {2}(\S+\/-\/status) +password (\S+)\n/.exec(run.stdout()) ?? [];
    const statusOf = async (headers: HeadersInit) =>
      (await fetch(page.replace("localhost", "127.0.0.1"), { headers })).status;
    expect(await statusOf({})).toBe(401);
    expect(await statusOf({ Authorization: `Basic ${btoa(`me:${password}`)}` })).toBe(200);
  });

  it("has presets, and a page of another site that shows what they save", async () => {
    const preset = await fetch(`http://127.0.0.1:${port}/sunrise.jpg?preset=thumb`, {
      headers: { Accept: "image/webp" },
    });
    await preset.arrayBuffer();
    expect([preset.status, preset.headers.get("Content-Type")]).toEqual([200, "image/webp"]);
    const [, gallery = ""] = /what the presets save: (http:\S+)/.exec(run.stdout()) ?? [];
    const page = await fetch(gallery.replace("localhost", "127.0.0.1"));
    expect([page.status, (await page.text()).includes(`<base href="http://localhost:${port}/">`)]).toEqual([200, true]);
  });

  it("ends all that it started, and removes its temporary files, on Ctrl-C", async () => {
    run.signal("SIGINT");
    // npm 11 ends by the signal that it was sent, older ones with the exit code of the script.
    expect([0, "SIGINT"]).toContain(await run.ended());
    expect([await isPortFree(port), await isPortFree(b2Port)]).toEqual([true, true]);
    expect((await readdir(scratch)).filter((name) => name.startsWith("b2-image-worker-"))).toEqual([]);
  });
});

describe("npm start with a folder of one's own", () => {
  let dir = "";
  let site = "";
  let run: NpmStart;

  beforeAll(async () => {
    dir = await mkdtemp(join(scratch, "my pictures-"));
    for (const name of [
      "my sunrise +1.jpg",
      "-/x.jpg",
      "back\\slash.jpg",
      "file/a/b.jpg",
      "deep/down/c.jpg",
      ".git/a.jpg",
    ]) {
      await mkdir(join(dir, name, ".."), { recursive: true });
      await copyFile(join(SAMPLE_DIR, "sunrise.jpg"), join(dir, name));
    }
    const port = await findFreePort();
    site = `http://localhost:${port}`;
    run = npmStart(["--port", String(port), "--b2-port", String(await findFreePort()), "--dir", dir], scratch);
    await run.ready(READY_WITHIN_MS);
  });
  afterAll(() => run.signal("SIGKILL"));

  it("prints addresses that all open, none that does not, and the files that it leaves out", async () => {
    expect(run.stderr()).toContain('Left out, because B2 takes no such name: "back\\\\slash.jpg"\n');
    const printed = run.stdout().match(/^ {2}http\S+\.jpg$/gm) ?? [];
    expect(printed.map((line) => line.trim().slice(site.length))).toEqual([
      "/deep/down/c.jpg",
      "/file/images/file/a/b.jpg",
      "/my%20sunrise%20+1.jpg",
    ]);
    const sunrise = await readFile(join(SAMPLE_DIR, "sunrise.jpg"));
    for (const line of printed) {
      const picture = await fetch(line.trim());
      expect(Buffer.from(await picture.arrayBuffer())).toEqual(sunrise);
    }
  });

  it("shows the folder where it says that it is ready", async () => {
    expect(run.stdout()).toContain(`\nReady: ${site}/\n`);
    expect(await namesAt("/")).toEqual(["deep", "file", "my sunrise +1.jpg"]);
    expect(await namesAt("/deep/down/")).toEqual(["c.jpg"]);
  });

  it("shows the index page of a folder that has one", async () => {
    await mkdir(join(dir, "with a page"));
    await writeFile(join(dir, "with a page/index.html"), "<p>my own page");
    await expect.poll(() => textAt("/with%20a%20page/")).toBe("<p>my own page");
  });

  it("shows a file that is copied into it at the next look, and not one that is gone", async () => {
    await copyFile(join(SAMPLE_DIR, "sunrise.jpg"), join(dir, "deep/down/new.jpg"));
    expect(await namesAt("/deep/down/")).toEqual(["c.jpg", "new.jpg"]);
    expect((await fetch(`${site}/deep/down/new.jpg`)).status).toBe(200);
    await rm(join(dir, "deep/down/c.jpg"));
    expect(await namesAt("/deep/down/")).toEqual(["new.jpg"]);
  });

  it("leaves nothing behind when it is killed", async () => {
    run.signal("SIGKILL");
    await run.ended();
    await expect.poll(() => isPortFree(Number(new URL(site).port)), { timeout: 5_000 }).toBe(true);
  });

  async function textAt(path: string): Promise<string> {
    return await (await fetch(site + path)).text();
  }

  async function namesAt(path: string): Promise<string[]> {
    const { folders, files } = JSON.parse(await textAt(`${path}?format=json`));
    return [...folders, ...files].map(({ name }) => name);
  }
});

describe("npm start says in one sentence what is wrong", () => {
  it.each([
    { option: "--port", other: "--b2-port", what: "the Worker" },
    { option: "--b2-port", other: "--port", what: "the local B2" },
  ])("when the port of $option is in use", async ({ option, other, what }) => {
    const blocker = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => blocker.once("listening", resolve));
    const address = blocker.address();
    const busy = typeof address === "object" && address !== null ? address.port : 0;
    const run = npmStart([option, String(busy), other, String(await findFreePort())], scratch);
    expect(await run.ended()).toBe(1);
    expect(run.stderr()).toContain(`Port ${busy} is in use; choose another one for ${what} with ${option}.\n`);
    expect(run.stdout()).not.toContain("Starting");
    blocker.close();
  });

  it("with exit code 2 when the command line is wrong", async () => {
    expect(await npmStart(["--colour"], scratch).ended()).toBe(2);
  });

  it.each([
    { args: ["--colour"], reason: "Unknown option '--colour'. See npm start -- --help" },
    { args: ["--port", "pictures"], reason: '--port must be a number from 1 to 65535, not "pictures".' },
    { args: ["--port", "9000", "--b2-port", "9000"], reason: "--port and --b2-port are both 9000; they must differ." },
    { args: ["--dir", "/not/there"], reason: "--dir /not/there: there is no such folder." },
    { args: ["--dir", "/etc/hosts"], reason: "--dir /etc/hosts: this is a file, and a folder is needed." },
  ])("when the options are $args", ({ args, reason }) => {
    expect(parseStart(args, "/")).toEqual({ do: "refuse", reason });
  });
});

describe("the options of npm start", () => {
  it.each([
    { given: "~", dir: homedir() },
    { given: SAMPLE_DIR, dir: SAMPLE_DIR },
    { given: "images", dir: SAMPLE_DIR },
  ])("take $given as a folder", ({ given, dir }) => {
    const parsed = parseStart([`--dir=${given}`], join(SAMPLE_DIR, ".."));
    expect(parsed).toEqual({ do: "start", options: { port: 8787, b2Port: 8788, dir } });
  });

  it("explain themselves", () => {
    const parsed = parseStart(["--help"], "/");
    for (const option of ["--port", "--b2-port", "--dir"])
      expect(parsed).toHaveProperty("text", expect.stringContaining(option));
  });
});
