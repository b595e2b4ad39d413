import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { CONTROLS } from "../local-b2/controls.ts";
import { type LocalB2Server, startLocalB2 } from "../local-b2/serve.ts";

let server: LocalB2Server | undefined;
let url: string;
let token: string;

beforeEach(async () => {
  await server?.close();
  server = await startLocalB2({
    secondBucket: "others",
    files: { "a.txt": { content: "a" }, "b.txt": { content: "b" } },
  });
  url = server.url;
  token = (await authorize()).body.authorizationToken;
});
afterAll(() => server?.close());

async function authorize(credentials = "local-key-id:local-key") {
  const headers = { Authorization: `Basic ${btoa(credentials)}` };
  const response = await fetch(`${url}/b2api/v4/b2_authorize_account`, { headers });
  return { status: response.status, body: await response.json() };
}

async function control(name: string, posted: unknown) {
  const response = await fetch(`${url}/_local/${name}`, { method: "POST", body: JSON.stringify(posted) });
  return { status: response.status, body: await response.json() };
}

function download(name: string, fields: Record<string, string> = { Authorization: token }): Promise<Response> {
  return fetch(`${url}/file/images/${name}`, { headers: fields });
}

async function statusOf(name: string, fields?: Record<string, string>): Promise<number> {
  return (await download(name, fields)).status;
}

async function state() {
  return await (await fetch(`${url}/_local/state`)).json();
}

describe("the controls of the local B2", () => {
  it("hide a file, and delete one with all its versions", async () => {
    expect(await control("hide", { file: "a.txt" })).toEqual({ status: 200, body: {} });
    expect(await control("delete", { bucket: "images", file: "b.txt" })).toEqual({
      status: 200,
      body: { versions: 1 },
    });
    expect([await statusOf("a.txt"), await statusOf("b.txt")]).toEqual([404, 404]);
    expect((await control("hide", { file: "a.txt" })).body.code).toBe("already_hidden");
    expect((await control("hide", { file: "c.txt" })).body.code).toBe("no_such_file");
    expect((await control("delete", { file: "a.txt" })).body).toEqual({ versions: 2 });
  });

  it("make a bucket public, and give its files a Cache-Control", async () => {
    expect(await statusOf("a.txt", {})).toBe(401);
    await control("bucket", { isPublic: true, cacheControl: "max-age=600" });
    const open = await download("a.txt", {});
    expect([open.status, open.headers.get("Cache-Control")]).toEqual([200, "max-age=600"]);
    await control("bucket", { bucket: "images", cacheControl: null });
    expect((await download("a.txt", {})).headers.get("Cache-Control")).toBeNull();
  });

  it("delete a bucket: its files are gone, and a key for it knows it no more by name", async () => {
    expect((await control("delete-bucket", { bucket: "images" })).status).toBe(200);
    expect(await statusOf("a.txt")).toBe(404);
    const { body } = await authorize();
    const names = body.apiInfo.storageApi.allowed.buckets.map(({ name }: { name: string | null }) => name);
    expect(names).toEqual([null, "others"]);
  });

  it("change a key for its tokens too, end it, and delete it", async () => {
    await control("key", { capabilities: ["listFiles"] });
    expect(await statusOf("a.txt")).toBe(401);
    await control("key", { capabilities: ["readFiles"], buckets: ["others"] });
    expect(await statusOf("a.txt")).toBe(401);
    await control("key", { buckets: null, namePrefix: "a" });
    expect([await statusOf("a.txt"), await statusOf("b.txt")]).toEqual([200, 401]);
    await control("key", { key: "another" });
    expect([(await authorize()).status, (await authorize("local-key-id:another")).status]).toEqual([401, 200]);
    await control("key", { keyId: "local-key-id", expiresInSeconds: 60 });
    expect(await statusOf("a.txt")).toBe(200);
    await control("clock", { advanceSeconds: 61 });
    expect(await statusOf("a.txt")).toBe(401);
    await control("key", { expiresInSeconds: null });
    expect(await statusOf("a.txt")).toBe(200);
    await control("delete-key", {});
    expect([await statusOf("a.txt"), (await authorize("local-key-id:another")).status]).toEqual([401, 401]);
  });

  it("end all tokens, set switches, and reset what is of the moment", async () => {
    await control("expire-tokens", {});
    expect(await statusOf("a.txt")).toBe(401);
    expect((await control("switches", { wholeRange: "206" })).body).toMatchObject({
      wholeRange: "206",
      scopeError: "401",
    });
    await control("faults", [{ operation: "b2_download_file_by_name", times: 3, status: 500 }]);
    await statusOf("a.txt");
    expect(await state()).toMatchObject({ faults: { b2_download_file_by_name: 2 }, switches: { wholeRange: "206" } });
    await control("reset", {});
    expect(await state()).toMatchObject({ faults: {}, operations: {}, switches: { wholeRange: "200" } });
  });

  it("tell what the local B2 knows, but no key's secret part", async () => {
    const told = await state();
    expect(told).toMatchObject({
      buckets: [{ name: "images", isPublic: false, files: 2 }, { name: "others" }],
      keys: [{ keyId: "local-key-id", buckets: ["images", "others"], ends: null }, { keyId: "local-master-key-id" }],
      deliveries: [],
    });
    expect(JSON.stringify(told)).not.toContain('"local-key"');
  });

  it("are all on the page /_local/, with what they do", async () => {
    const response = await fetch(`${url}/_local/`);
    const page = await response.text();
    expect(response.headers.get("Content-Type")).toContain("text/html");
    for (const { name, meaning } of CONTROLS) expect(page).toContain(`<td>${name}</td><td>${meaning}</td>`);
    for (const word of ["scopeError", "wholeRange", "rawNames", "downloadTokens", url]) expect(page).toContain(word);
    const without = await fetch(`${url}/_local`);
    expect([without.status, without.url]).toEqual([200, `${url}/_local/`]);
  });

  it("show what came from outside as text", async () => {
    server?.b2.put("images", "<b>.txt", { content: "x" });
    await control("bucket", { cacheControl: 'private="<script>"' });
    expect(await (await fetch(`${url}/_local/`)).text()).not.toContain("<script>");
  });

  it.each([
    ["hide", {}, "file: "],
    ["hide", { file: "a.txt", bucket: "nowhere" }, "The local B2 has no bucket nowhere"],
    ["hide", { file: "a.txt", colour: "red" }, "colour: "],
    ["delete-bucket", {}, "bucket: "],
    ["bucket", { cacheControl: "max age" }, "invalid Cache-Control"],
    ["key", { capabilities: ["fly"] }, "capabilities.0: "],
    ["key", { keyId: "nobody" }, "The local B2 has no key nobody"],
    ["key", { buckets: ["nowhere"] }, "The local B2 has no bucket nowhere"],
    ["switches", { colour: "red" }, "There is no switch colour"],
    ["switches", { scopeError: 403 }, 'The switch scopeError must be "401" or "403"'],
    ["clock", undefined, "The request body: "],
  ])("refuse /_local/%s %j with a reason", async (name, posted, reason) => {
    const { status, body } = await control(name, posted);
    expect([status, body.message]).toEqual([400, expect.stringContaining(reason)]);
  });
});
