import { readFile } from "node:fs/promises";
import { beforeEach, describe, expect, it } from "vitest";
import { createLocalB2, type LocalB2 } from "../local-b2/app.ts";
import { BILLING_CLASSES } from "../local-b2/b2/operations.ts";
import type { LocalB2Options } from "../local-b2/options.ts";

const URL_OF_B2 = "http://127.0.0.1:8788";
const KEY = `Basic ${btoa("local-key-id:local-key")}`;
const CAT = { content: "0123456789", contentType: "image/jpeg" };

let b2: LocalB2;
let bucketId: string;
let accountToken: string;

beforeEach(() => start());

async function start(options: LocalB2Options = {}): Promise<void> {
  b2 = createLocalB2({ files: { "a/cat.jpg": CAT, "empty.bin": { content: "" } }, ...options });
  const { authorizationToken, apiInfo } = await json("b2_authorize_account", { headers: { Authorization: KEY } });
  accountToken = authorizationToken;
  bucketId = apiInfo.storageApi.allowed.buckets?.[0]?.id;
}

function ask(path: string, init: RequestInit = {}): Promise<Response> {
  return b2.fetch(new Request(URL_OF_B2 + path, init));
}

// biome-ignore lint/suspicious/noExplicitAny: the shapes are what is tested.
async function json(operation: string, init: RequestInit = {}, version = 4): Promise<any> {
  return await (await ask(`/b2api/v${version}/${operation}`, init)).json();
}

async function call(operation: string, parameters: object): Promise<Response> {
  const headers = { Authorization: accountToken };
  return await ask(`/b2api/v4/${operation}`, { method: "POST", headers, body: JSON.stringify(parameters) });
}

async function downloadToken(parameters: object = {}): Promise<string> {
  const answer = await call("b2_get_download_authorization", {
    bucketId,
    fileNamePrefix: "",
    validDurationInSeconds: 3600,
    ...parameters,
  });
  const body = (await answer.json()) as { authorizationToken?: string };
  return body.authorizationToken ?? `${answer.status}`;
}

async function download(name: string, fields: Record<string, string> = {}, method = "GET"): Promise<Response> {
  return await ask(`/file/images/${name}`, { method, headers: { Authorization: await downloadToken(), ...fields } });
}

describe("b2_authorize_account", () => {
  const ofKey = { capabilities: expect.arrayContaining(["shareFiles"]), namePrefix: null };
  it.each([
    [4, { apiInfo: { storageApi: { allowed: { buckets: [{ id: expect.any(String), name: "images" }], ...ofKey } } } }],
    [3, { apiInfo: { storageApi: { bucketId: expect.any(String), bucketName: "images", ...ofKey } } }],
    [2, { allowed: { bucketName: "images", ...ofKey }, s3ApiUrl: expect.any(String) }],
    [1, { allowed: { bucketName: "images", ...ofKey } }],
  ])("answers in the shape of version %i", async (version, shape) => {
    const answer = await json("b2_authorize_account", { headers: { Authorization: KEY } }, version);
    expect(answer).toMatchObject({ accountId: expect.any(String), ...shape });
    expect("s3ApiUrl" in answer).toBe(version === 2);
  });

  it("refuses a key for two buckets before version 4, and a wrong key", async () => {
    await start({ secondBucket: "others" });
    expect(await json("b2_authorize_account", { headers: { Authorization: KEY } }, 3)).toMatchObject({
      status: 401,
      code: "unsupported",
    });
    expect(await json("b2_authorize_account", { headers: { Authorization: `${KEY}x` } })).toMatchObject({
      status: 401,
      code: "unauthorized",
    });
  });
});

describe("b2_get_download_authorization", () => {
  it("gives a token without saying when it expires, which it does by the clock", async () => {
    const token = await downloadToken({ validDurationInSeconds: 60 });
    const status = async () => (await ask("/file/images/a/cat.jpg", { headers: { Authorization: token } })).status;
    expect(await status()).toBe(200);
    b2.advance(61);
    expect(await status()).toBe(401);
  });

  it.each([
    [{ capabilities: ["readFiles"] }, {}, "401"],
    [{ namePrefix: "b/" }, { fileNamePrefix: "a/" }, "401"],
    [{}, { bucketId: "nowhere" }, "400"],
    [{}, { validDurationInSeconds: 604_801 }, "400"],
    [{}, { fileNamePrefix: undefined }, "400"],
  ])("with a key of %j refuses %j with %s", async (options, parameters, status) => {
    await start(options);
    expect(await downloadToken(parameters)).toBe(status);
  });

  it("opens no file outside its prefix, and none by its id", async () => {
    const token = await downloadToken({ fileNamePrefix: "a/" });
    const headers = { Authorization: token };
    expect((await ask("/file/images/a/cat.jpg", { headers })).status).toBe(200);
    expect((await ask("/file/images/empty.bin", { headers })).status).toBe(401);
    const fileId = (await ask("/file/images/a/cat.jpg", { headers })).headers.get("X-Bz-File-Id");
    expect((await ask(`/b2api/v4/b2_download_file_by_id?fileId=${fileId}`, { headers })).status).toBe(401);
    const account = { headers: { Authorization: accountToken } };
    expect((await ask(`/b2api/v4/b2_download_file_by_id?fileId=${fileId}`, account)).status).toBe(200);
  });
});

describe("b2_download_file_by_name", () => {
  it("has no ETag and no Last-Modified, never 304, and no-store on a private file", async () => {
    const { status, headers } = await download("a/cat.jpg", { "If-None-Match": "*" });
    expect([status, headers.get("ETag"), headers.get("Last-Modified")]).toEqual([200, null, null]);
    expect(headers.get("Cache-Control")).toBe("max-age=0, no-cache, no-store");
    expect(headers.get("X-Bz-Content-Sha1")).toBe("87acec17cd9dcd20a716cc2cf67417b71c8a7016");
  });

  it.each([
    ["bytes=2-4", 206, "bytes 2-4/10", "234"],
    ["bytes=-3", 206, "bytes 7-9/10", "789"],
    ["bytes=0-", 200, null, "0123456789"],
    ["bytes=0-99", 200, null, "0123456789"],
  ])("answers %s with %i", async (range, status, contentRange, text) => {
    const part = await download("a/cat.jpg", { Range: range });
    expect([part.status, part.headers.get("Content-Range"), await part.text()]).toEqual([status, contentRange, text]);
  });

  it.each([
    ["a/cat.jpg", "bytes=10-"],
    ["empty.bin", "bytes=0-0"],
  ])("of %s refuses %s with 416", async (name, range) => {
    expect((await download(name, { Range: range })).status).toBe(416);
  });

  it.each(["a/[cat].jpg", "a,cat.jpg", "a%zzcat.jpg", "%ff"])("finds the name %s badly encoded", async (name) => {
    expect((await download(name)).status).toBe(400);
  });

  it("answers an error to HEAD without a body", async () => {
    const missing = await download("dog.jpg", {}, "HEAD");
    expect([missing.status, await missing.text()]).toEqual([404, ""]);
  });

  it("does not find a hidden file", async () => {
    await b2.hide("images", "a/cat.jpg");
    expect((await download("a/cat.jpg")).status).toBe(404);
  });
});

describe("X-Bz-Test-Mode", () => {
  it("force_cap_exceeded names the cap of the call's class", async () => {
    const mode = { "X-Bz-Test-Mode": "force_cap_exceeded" };
    expect(await json("b2_authorize_account", { headers: { Authorization: KEY, ...mode } })).toMatchObject({
      status: 403,
      code: "transaction_cap_exceeded",
    });
    expect(await (await download("a/cat.jpg", mode)).json()).toMatchObject({ code: "download_cap_exceeded" });
  });

  it("expire_some_account_authorization_tokens fails some calls and lets others through", async () => {
    const mode = { "X-Bz-Test-Mode": "expire_some_account_authorization_tokens" };
    const statuses: number[] = [];
    for (let n = 0; n < 6; n += 1) statuses.push((await download("a/cat.jpg", mode)).status);
    expect(new Set(statuses)).toEqual(new Set([200, 401]));
  });
});

it("test/README.md has a row for every call, and for no other", async () => {
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  const rows = [...readme.matchAll(/^\| `(b2_\w+)` \|/gm)].map(([, call]) => call);
  expect(rows).toEqual(Object.keys(BILLING_CLASSES));
});

it.each(["not JSON", "[]", "null", ""])("a call with the body %j is 400 bad_json", async (body) => {
  const headers = { Authorization: accountToken };
  const refused = await ask("/b2api/v4/b2_list_buckets", { method: "POST", headers, body });
  expect([refused.status, await refused.json()]).toMatchObject([400, { code: "bad_json" }]);
});

it("a call that B2 does not have is 400, whatever the version", async () => {
  for (const path of ["v4/b2_dance", "v4/b2_update_file_retention", "v5/b2_list_buckets", "v0/b2_list_buckets"])
    expect((await ask(`/b2api/${path}`, { method: "POST", body: "{}" })).status).toBe(400);
});
