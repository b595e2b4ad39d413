import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SAMPLE_DIR } from "../local-site/options.ts";
import { ODD_NAMES, urlPathOf } from "./fixtures/odd-names.ts";
import { type Project, startProject } from "./project.ts";
import { SAMPLE_PATHS } from "./sample-paths.ts";

const IMAGE = "/sunrise.jpg";
const DOWNLOAD = "b2_download_file_by_name";

// Everything that a visitor was sent but for the images themselves.
const received: string[] = [];
// Everything that is secret: keys, account tokens, download tokens.
const secrets = new Set(["local-key", Buffer.from("local-key-id:local-key").toString("base64")]);

let project: Project;
beforeAll(async () => {
  project = await startProject({ fireCron: false });
}, 60_000);
afterAll(() => project?.stop());

it("serves the first request before any cron has run", async () => {
  expect((await visit(IMAGE)).status).toBe(200);
});

it("runs the cron", async () => {
  const outcome = await project.fireCron();
  expect([outcome.status, await outcome.json()]).toEqual([200, expect.objectContaining({ outcome: "ok" })]);
});

it("shows the gallery, a page of the bucket, at the root", async () => {
  const page = await visit("/");
  expect(page.headers.get("content-type")).toMatch(/^text\/html/);
  expect(page.body.toString()).toBe(await readFile(join(SAMPLE_DIR, "index.html"), "utf8"));
});

it("has samples of six formats with all the odd characters", () => {
  const formats = new Set(SAMPLE_PATHS.map((path) => path.split(".").at(-1)));
  expect([...formats].sort()).toEqual(["avif", "gif", "jpg", "png", "svg", "webp"]);
  const names = SAMPLE_PATHS.map(decodeURIComponent).join("");
  for (const part of [" ", "+", "&", "[", "]", "'", "山水", "🌈", "night sky/"]) expect(names).toContain(part);
});

it.each(SAMPLE_PATHS)("serves %s byte for byte, whole, in part, and its fields to HEAD", async (path) => {
  const file = await readFile(join(SAMPLE_DIR, decodeURIComponent(path)));
  const whole = await visit(path);
  expect(whole.status).toBe(200);
  expect(whole.body.equals(file)).toBe(true);
  expect(whole.headers.get("content-length")).toBe(String(file.length));
  expect(whole.headers.get("content-type")).toMatch(/^image\//);

  const head = await visit(path, { method: "HEAD" });
  expect(head.status).toBe(200);
  expect(ownFields(head.headers)).toEqual(ownFields(whole.headers));

  const part = await visit(path, { headers: { Range: "bytes=100-299" } });
  expect(part.status).toBe(206);
  expect(part.headers.get("content-range")).toBe(`bytes 100-299/${file.length}`);
  expect(part.body.equals(file.subarray(100, 300))).toBe(true);
});

it("serves files of odd names byte for byte at their canonical URLs", async () => {
  for (const name of ODD_NAMES) project.b2.put("images", name, { content: `content of ${name}` });
  for (const name of ODD_NAMES) {
    // In the root, a name like B2's own links would be read as one.
    const answer = await visit(name.startsWith("file/") ? `/file/images${urlPathOf(name)}` : urlPathOf(name));
    expect([name, answer.status, answer.body.toString()]).toEqual([name, 200, `content of ${name}`]);
  }
});

it("sends a file that was uploaded as gzip as it is", async () => {
  const content = gzipSync("<svg/>".repeat(500));
  const file = { content: new Uint8Array(content), contentType: "image/svg+xml", contentEncoding: "gzip" };
  project.b2.put("images", "drawing.svg", file);
  const { headers, body } = await visit("/drawing.svg", { headers: { "Accept-Encoding": "gzip" } });
  expect([headers.get("content-encoding"), headers.get("content-length")]).toEqual(["gzip", String(content.length)]);
  // `fetch` has decoded it.
  expect(body.toString()).toBe("<svg/>".repeat(500));
});

it.each(["/not-there.jpg", "/%zz", "/-/health", "/-/status"])("answers %s without a field of B2", async (path) => {
  await visit(path);
});

it("goes on with the token that the cron has published, when its own expires", async () => {
  project.b2.expireTokens();
  expect((await project.fireCron()).status).toBe(200);
  const before = callsByOperation();
  expect((await visit(IMAGE)).status).toBe(200);
  expect(callsByOperation()).toEqual({ ...before, [DOWNLOAD]: (before[DOWNLOAD] ?? 0) + 2 });
});

it("renews a token that expires while it serves, without a failed request", async () => {
  const before = lastToken();
  const statuses: number[] = [];
  const visitor = async () => {
    for (let count = 0; count < 30; count += 1) statuses.push((await visit(IMAGE)).status);
  };
  const visitors = [visitor(), visitor(), visitor(), visitor()];
  while (statuses.length < 40) await new Promise((resolve) => setTimeout(resolve, 5));
  expect((await project.fireCron()).status).toBe(200);
  project.b2.expireTokens({ butNewest: true });
  await Promise.all(visitors);
  expect(statuses).toEqual(Array(120).fill(200));
  expect(lastToken()).not.toBe(before);
});

it("keeps the old token when a rotation fails", async () => {
  await visit(IMAGE);
  const before = lastToken();
  project.b2.faults([{ operation: "b2_get_download_authorization", status: 401, code: "unauthorized" }]);
  const outcome = await project.fireCron();
  expect([outcome.status, await outcome.json()]).toEqual([500, expect.objectContaining({ outcome: "exception" })]);
  expect((await visit(IMAGE)).status).toBe(200);
  expect(lastToken()).toBe(before);
  await expect.poll(() => project.logs()).toContain('"event":"rotation.failed"');
  expect((await project.fireCron()).status).toBe(200);
});

it("asks B2 for 1,000 downloads and nothing else to serve 1,000 images in the steady state", async () => {
  await visit(IMAGE);
  const before = callsByOperation();
  const paths = Array.from({ length: 1000 }, (_, index) => SAMPLE_PATHS[index % SAMPLE_PATHS.length] ?? IMAGE);
  const statuses: number[] = [];
  const visitor = async () => {
    for (let path = paths.pop(); path !== undefined; path = paths.pop()) {
      const response = await fetch(project.url + path);
      await response.arrayBuffer();
      statuses.push(response.status);
    }
  };
  await Promise.all(Array.from({ length: 8 }, visitor));
  expect(statuses).toEqual(Array(1000).fill(200));
  const after = callsByOperation();
  expect(after).toEqual({ ...before, [DOWNLOAD]: (before[DOWNLOAD] ?? 0) + 1000 });
});

describe("with B2 out of reach", () => {
  it("answers 503 with Retry-After and a problem body", async () => {
    for (const { headers } of project.b2.requests) secrets.add(headers.authorization ?? "none");
    await project.stopB2();
    const answer = await visit(IMAGE);
    expect(answer.status).toBe(503);
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(JSON.parse(answer.body.toString())).toMatchObject({ status: 503, type: expect.any(String) });
  });

  it("serves again when B2 is back, without a restart of the Worker", async () => {
    await project.restartB2();
    // A new local B2 knows no old token, the one in KV neither, and that is too young for visitors to mint another.
    expect((await project.fireCron()).status).toBe(200);
    await expect.poll(async () => (await visit(IMAGE)).status, { timeout: 20_000, interval: 250 }).toBe(200);
  });
});

it("has told no token and no key, neither to a visitor nor to the log", () => {
  for (const { headers } of project.b2.requests) secrets.add(headers.authorization ?? "none");
  expect(secrets.size).toBeGreaterThan(3);
  const told = [project.logs(), ...received].join("\n");
  // So begin the account tokens and the download tokens of the local B2.
  expect(told).not.toMatch(/4_(account|download)_/);
  for (const secret of secrets) expect(told).not.toContain(secret);
});

interface Answer {
  status: number;
  headers: Headers;
  body: Buffer;
}

/** Every answer of this file goes through here, so that none can carry a field of B2 or a secret unseen. */
async function visit(path: string, init: { method?: string; headers?: Record<string, string> } = {}): Promise<Answer> {
  // Both wrangler and Cloudflare compress text on the way out, and drop its length.
  const headers = { "Accept-Encoding": "identity", ...init.headers };
  const response = await fetch(project.url + path, { ...init, headers });
  const body = Buffer.from(await response.arrayBuffer());
  expect([...response.headers.keys()]).not.toContainEqual(expect.stringMatching(/^x-bz-/));
  const isText = !response.headers.get("content-type")?.startsWith("image/");
  received.push(JSON.stringify([...response.headers]), isText ? body.toString() : "");
  return { status: response.status, headers: response.headers, body };
}

function ownFields(headers: Headers): Record<string, string> {
  const fields = Object.fromEntries(headers);
  // The moment of the answer and the connection's own affairs are no part of the representation.
  for (const name of ["date", "connection", "keep-alive", "transfer-encoding"]) delete fields[name];
  return fields;
}

function lastToken(): string {
  return project.b2.requests.at(-1)?.headers.authorization ?? "none";
}

function callsByOperation(): Record<string, number> {
  return Object.fromEntries(Object.entries(project.b2.stats().operations).map(([name, { calls }]) => [name, calls]));
}
