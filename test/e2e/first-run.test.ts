import { copyFile, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SAMPLE_DIR } from "../local-b2/start-options.ts";
import { findFreePort, isPortFree } from "../local-b2/start-ports.ts";
import { findSamplePaths, toUrlPath } from "../local-b2/start-sample-urls.ts";
import { type NpmStart, npmStart } from "./npm-start.ts";

const SAMPLES = await findSamplePaths(SAMPLE_DIR, 100);
const PER_START_MS = 90_000;

let scratch = "";
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "first-run-"));
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
    await run.ready();
  }, PER_START_MS);
  afterAll(() => run.signal("SIGKILL"));

  const at = (path: string) => `http://127.0.0.1:${port}${path}`;

  it("says where it is ready and which pictures to try", () => {
    expect(run.stdout()).toContain(`\nReady: http://localhost:${port}/\n`);
    expect(run.stdout()).toContain(`\n  http://localhost:${port}${SAMPLES[0]}\n`);
  });

  it("has published a token by the time it is ready", async () => {
    const health = await fetch(at("/-/health"));
    expect([health.status, await health.json()]).toEqual([200, { status: "ok" }]);
  });

  it("shows the gallery, a page of the bucket, at the root", async () => {
    const page = await fetch(at("/"));
    expect(page.headers.get("content-type")).toMatch(/^text\/html/);
    expect(await page.text()).toBe(await readFile(join(SAMPLE_DIR, "index.html"), "utf8"));
  });

  it("has samples of six formats with all the odd characters", () => {
    const formats = new Set(SAMPLES.map((path) => path.split(".").at(-1)));
    expect([...formats].sort()).toEqual(["avif", "gif", "jpg", "png", "svg", "webp"]);
    const names = SAMPLES.map(decodeURIComponent).join("");
    for (const part of [" ", "+", "&", "[", "]", "'", "山水", "🌈", "night sky/"]) expect(names).toContain(part);
  });

  it.each(SAMPLES)("serves %s byte for byte, whole, in part, and its fields to HEAD", async (path) => {
    const file = await readFile(join(SAMPLE_DIR, decodeURIComponent(path)));
    const whole = await fetch(at(path));
    expect(whole.status).toBe(200);
    expect(Buffer.from(await whole.arrayBuffer()).equals(file)).toBe(true);
    expect(whole.headers.get("content-length")).toBe(String(file.length));
    expect(whole.headers.get("content-type")).toMatch(/^image\//);

    const head = await fetch(at(path), { method: "HEAD" });
    expect(head.status).toBe(200);
    expect(fieldsOf(head)).toEqual(fieldsOf(whole));

    const part = await fetch(at(path), { headers: { Range: "bytes=100-299" } });
    expect(part.status).toBe(206);
    expect(part.headers.get("content-range")).toBe(`bytes 100-299/${file.length}`);
    expect(Buffer.from(await part.arrayBuffer()).equals(file.subarray(100, 300))).toBe(true);

    for (const response of [whole, head, part])
      expect(fieldNames(response)).not.toContainEqual(expect.stringMatching(/^x-bz-/));
  });

  it.each(["/not-there.jpg", "/%zz", "/-/health"])("sends no field of B2 with %s either", async (path) => {
    const response = await fetch(at(path));
    await response.arrayBuffer();
    expect(fieldNames(response)).not.toContainEqual(expect.stringMatching(/^x-bz-/));
  });

  it("ends all that it started, and removes its temporary files, on Ctrl-C", { timeout: 20_000 }, async () => {
    run.signal("SIGINT");
    expect(await run.ended()).toBe(0);
    expect([await isPortFree(port), await isPortFree(b2Port)]).toEqual([true, true]);
    expect((await readdir(scratch)).filter((name) => name.startsWith("b2-image-worker-"))).toEqual([]);
  });
});

describe("npm start with a folder of one's own", () => {
  it("serves it without an index page and ends on SIGTERM", { timeout: PER_START_MS }, async () => {
    const dir = await mkdtemp(join(scratch, "my pictures-"));
    await copyFile(join(SAMPLE_DIR, "sunrise.jpg"), join(dir, "my sunrise +1.jpg"));
    const port = await findFreePort();
    const run = npmStart(["--port", String(port), "--b2-port", String(await findFreePort()), "--dir", dir], scratch);
    try {
      await run.ready();
      expect(run.stdout()).toContain(`  http://localhost:${port}/my%20sunrise%20%2B1.jpg\n`);
      const picture = await fetch(`http://127.0.0.1:${port}${toUrlPath("my sunrise +1.jpg")}`);
      expect(picture.status).toBe(200);
      expect(Buffer.from(await picture.arrayBuffer())).toEqual(await readFile(join(SAMPLE_DIR, "sunrise.jpg")));
      run.signal("SIGTERM");
      await run.ended();
      expect(await isPortFree(port)).toBe(true);
    } finally {
      run.signal("SIGKILL");
    }
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
    { args: ["--colour"], says: "Unknown option '--colour'. See npm start -- --help" },
    { args: ["--port", "pictures"], says: '--port must be a number from 1 to 65535, not "pictures".' },
    { args: ["--port", "9000", "--b2-port", "9000"], says: "--port and --b2-port are both 9000; they must differ." },
    { args: ["--dir", "/not/there"], says: "--dir /not/there: there is no such folder." },
  ])("when the options are $args", async ({ args, says }) => {
    const run = npmStart(args, scratch);
    expect(await run.ended()).toBe(1);
    expect(run.stderr().split("\n")).toContain(says);
  });
});

function fieldsOf(response: Response): Record<string, string> {
  const fields = Object.fromEntries(response.headers);
  // The moment of the answer and the connection's own affairs are no part of the representation.
  for (const name of ["date", "connection", "keep-alive"]) delete fields[name];
  return fields;
}

function fieldNames(response: Response): string[] {
  return [...response.headers.keys()];
}
