import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { PROJECT_DIR } from "../project-dir.ts";

const MAIN = "test/local-b2/main.ts";

let dir: string;
let running: ChildProcess | undefined;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "local-b2-test-"));
  await writeFile(join(dir, "red cat.txt"), "a red cat, and quite a long one");
});
afterEach(() => running?.kill("SIGTERM"));
afterAll(() => rm(dir, { recursive: true, force: true }));

/** Starts what `npm run b2 -- …` runs, and gives its lines up to «Ctrl-C». */
async function start(...args: string[]): Promise<{ url: string; told: string }> {
  running = spawn(process.execPath, [MAIN, "--port", "0", "--dir", dir, ...args], { cwd: PROJECT_DIR });
  let told = "";
  for await (const line of createInterface({ input: running.stdout ?? process.stdin })) {
    told += `${line}\n`;
    if (line.startsWith("Ctrl-C")) break;
  }
  return { url: /Local B2 at (\S+)/.exec(told)?.[1] ?? "", told };
}

async function waitForText(stream: Readable, wanted: string): Promise<void> {
  let told = "";
  await new Promise<void>((resolve, reject) => {
    stream.on("data", (chunk) => {
      told += chunk;
      if (told.endsWith(wanted)) resolve();
    });
    stream.on("end", () => reject(new Error(`It ended before it said «${wanted}»: ${told}`)));
  });
}

async function authorize(url: string, key = "local-key-id:local-key"): Promise<Response> {
  const headers = { Authorization: `Basic ${btoa(key)}` };
  return await fetch(`${url}/b2api/v4/b2_authorize_account`, { headers });
}

async function allowedOf(url: string) {
  const { apiInfo } = (await (await authorize(url)).json()) as { apiInfo: { storageApi: { allowed: object } } };
  return apiInfo.storageApi.allowed;
}

describe("npm run b2", () => {
  it("prints the key and the bucket, and serves the folder to the key", async () => {
    const { url, told } = await start();
    for (const word of ["local-key-id", "local-key", "images", "rclone lsf"]) expect(told).toContain(word);
    const { authorizationToken } = (await (await authorize(url)).json()) as { authorizationToken: string };
    const file = await fetch(`${url}/file/images/red%20cat.txt`, { headers: { Authorization: authorizationToken } });
    expect(await file.text()).toBe("a red cat, and quite a long one");
    expect((await fetch(`${url}/file/images/red%20cat.txt`)).status).toBe(401);
  });

  it("says where it is on stdout, nothing on stderr, and ends with 0 when it is stopped", async () => {
    const child = spawn(process.execPath, [MAIN, "--port", "0", "--dir", dir], { cwd: PROJECT_DIR });
    const [stdout, stderr] = [text(child.stdout), text(child.stderr)];
    await waitForText(child.stdout, "Ctrl-C ends it.\n");
    child.kill("SIGINT");
    const [code] = await once(child, "exit");
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(await stdout)?.[0];
    expect({ code, stdout: await stdout, stderr: await stderr }).toEqual({
      code: 0,
      stdout: `Local B2 at ${url}
  B2_API_URL             ${url}
  B2_APPLICATION_KEY_ID  local-key-id
  B2_APPLICATION_KEY     local-key
  buckets                images
  master key             local-master-key-id / local-master-key (every bucket; may make keys and buckets)
  controls               ${url}/_local/
With rclone: rclone lsf :b2:images --b2-account local-key-id --b2-key local-key --b2-endpoint ${url}
Ctrl-C ends it.
`,
      stderr: "",
    });
  });

  it("takes another key, a second bucket, and rights away", async () => {
    const own = ["--key-id", "my-id", "--key", "my-key", "--bucket", "photos", "--second-bucket", "films"];
    const { url } = await start(...own, "--without", "shareFiles", "--without", "writeFiles");
    expect((await authorize(url)).status).toBe(401);
    const { apiInfo } = (await (await authorize(url, "my-id:my-key")).json()) as {
      apiInfo: { storageApi: { allowed: { buckets: { name: string }[]; capabilities: string[] } } };
    };
    const { buckets, capabilities } = apiInfo.storageApi.allowed;
    expect(buckets.map(({ name }) => name)).toEqual(["photos", "films"]);
    expect(capabilities.filter((name) => name.endsWith("Files"))).toEqual(["listFiles", "readFiles", "deleteFiles"]);
  });

  it("takes a key for all buckets, and one for a prefix", async () => {
    const { url } = await start("--unrestricted", "--name-prefix", "red");
    expect(await allowedOf(url)).toMatchObject({ buckets: null, namePrefix: "red" });
  });

  it("takes switches and a key that ends, and says which files it leaves out", async () => {
    await writeFile(join(dir, "back\\slash.txt"), "refused");
    const { url } = await start("--switch", "scopeError=403", "--switch", "wholeRange=206", "--key-ends", "60");
    const state = await (await fetch(`${url}/_local/state`)).json();
    expect(state.switches).toMatchObject({ scopeError: "403", wholeRange: "206", rawNames: "encoded" });
    expect(Date.parse(state.keys[0].ends)).toBeGreaterThan(Date.now());
    running?.kill("SIGTERM");
    expect(await text(running?.stderr ?? process.stdin)).toContain('Left out, because B2 takes no such name: "back');
    await rm(join(dir, "back\\slash.txt"));
  });

  it("keeps uploads in the folder with --write", async () => {
    const { url } = await start("--write");
    const { authorizationToken, apiInfo } = (await (await authorize(url)).json()) as {
      authorizationToken: string;
      apiInfo: { storageApi: { allowed: { buckets: { id: string }[] } } };
    };
    const bucketId = apiInfo.storageApi.allowed.buckets[0]?.id;
    const place = (await (
      await fetch(`${url}/b2api/v4/b2_get_upload_url?bucketId=${bucketId}`, {
        headers: { Authorization: authorizationToken },
      })
    ).json()) as { uploadUrl: string; authorizationToken: string };
    const uploaded = await fetch(place.uploadUrl, {
      method: "POST",
      headers: {
        Authorization: place.authorizationToken,
        "X-Bz-File-Name": "new/a%20dog.txt",
        "X-Bz-Content-Sha1": "do_not_verify",
        "Content-Type": "b2/x-auto",
      },
      body: "a dog",
    });
    expect(uploaded.status).toBe(200);
    expect(await readFile(join(dir, "new/a dog.txt"), "utf8")).toBe("a dog");
  });

  it("takes -h as --help", async () => {
    const child = spawn(process.execPath, [MAIN, "-h"], { cwd: PROJECT_DIR });
    expect(await text(child.stdout)).toContain("A local Backblaze B2 for tests");
  });

  it.each([
    [["--port", "70000"], "--port must be a number from 0 to 65535."],
    [["--without", "flying"], "--without flying: the capabilities are"],
    [["--dir", "/not/there"], "/not/there is not a folder that can be read."],
    [["--write", "--port", "0"], "--write needs --dir DIR"],
    [["--switch", "colour=red"], "There is no switch colour; there are scopeError, wholeRange"],
    [["--switch", "scopeError"], 'The switch scopeError must be "401" or "403"'],
    [["--key-ends", "soon"], "--key-ends must be a number of seconds."],
    [["--colour"], "Unknown option '--colour'"],
  ])("with %j says what is wrong and ends with 2", async (args, reason) => {
    const child = spawn(process.execPath, [MAIN, ...args], { cwd: PROJECT_DIR });
    let told = "";
    child.stderr.on("data", (text) => {
      told += text;
    });
    const code = await new Promise((resolve) => child.once("close", resolve));
    expect([code, told.split("\n")[0]]).toEqual([2, expect.stringContaining(reason)]);
    expect(told).not.toContain("    at ");
  });
});
