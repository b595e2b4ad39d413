import { copyFile, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseStart, SAMPLE_DIR } from "../local-site/options.ts";
import { findFreePort, isPortFree } from "../local-site/ports.ts";
import { findSamplePaths } from "../local-site/sample-paths.ts";
import { type NpmStart, npmStart } from "./npm-start.ts";

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
    const [sample] = await findSamplePaths(SAMPLE_DIR);
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

  it("ends all that it started, and removes its temporary files, on Ctrl-C", async () => {
    run.signal("SIGINT");
    // npm 11 ends by the signal that it was sent, older ones with the exit code of the script.
    expect([0, "SIGINT"]).toContain(await run.ended());
    expect([await isPortFree(port), await isPortFree(b2Port)]).toEqual([true, true]);
    expect((await readdir(scratch)).filter((name) => name.startsWith("b2-image-worker-"))).toEqual([]);
  });
});

describe("npm start with a folder of one's own", () => {
  it("serves it without an index page, and nothing outlives a kill", async () => {
    const dir = await mkdtemp(join(scratch, "my pictures-"));
    await copyFile(join(SAMPLE_DIR, "sunrise.jpg"), join(dir, "my sunrise +1.jpg"));
    const port = await findFreePort();
    const run = npmStart(["--port", String(port), "--b2-port", String(await findFreePort()), "--dir", dir], scratch);
    try {
      await run.ready(READY_WITHIN_MS);
      const url = `http://localhost:${port}/my%20sunrise%20+1.jpg`;
      expect(run.stdout()).toContain(`  ${url}\n`);
      const image = await fetch(url);
      expect(Buffer.from(await image.arrayBuffer())).toEqual(await readFile(join(SAMPLE_DIR, "sunrise.jpg")));
    } finally {
      run.signal("SIGKILL");
    }
    await run.ended();
    await expect.poll(() => isPortFree(port), { timeout: 5_000 }).toBe(true);
  });
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

  it.each([
    { args: ["--colour"], reason: "Unknown option '--colour'. See npm start -- --help" },
    { args: ["--port", "pictures"], reason: '--port must be a number from 1 to 65535, not "pictures".' },
    { args: ["--port", "9000", "--b2-port", "9000"], reason: "--port and --b2-port are both 9000; they must differ." },
    { args: ["--dir", "/not/there"], reason: "--dir /not/there: there is no such folder." },
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
