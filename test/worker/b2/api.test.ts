import { expect, it, vi } from "vitest";
import { authorizeAccount, findBucketId, getDownloadAuthorization } from "../../../src/b2/api.ts";
import { b2BehindFetch } from "../support/b2-behind-fetch.ts";

const KEY = { applicationKeyId: "local-key-id", applicationKey: "local-key" };
const API_URL = "http://127.0.0.1:8788";

/** The requests that reach the local B2, as text. */
function recorded(options: Parameters<typeof b2BehindFetch>[0] = {}) {
  const b2 = b2BehindFetch(options);
  const requests: { method: string; url: string; fields: object; body: unknown }[] = [];
  vi.stubGlobal("fetch", async (input: RequestInfo, init?: RequestInit) => {
    const request = new Request(input, init);
    const text = await request.clone().text();
    const { method, url, headers } = request;
    requests.push({
      method,
      url,
      fields: Object.fromEntries(headers),
      body: text === "" ? undefined : JSON.parse(text),
    });
    return await b2.fetch(request);
  });
  return { b2, requests };
}

it("authorizes with version 4, which knows keys for several buckets", async () => {
  const { requests } = recorded({ secondBucket: "archive", namePrefix: "photos/" });
  const account = await authorizeAccount(API_URL, KEY);
  expect(requests).toEqual([
    {
      method: "GET",
      url: `${API_URL}/b2api/v4/b2_authorize_account`,
      fields: { authorization: `Basic ${btoa("local-key-id:local-key")}` },
      body: undefined,
    },
  ]);
  expect(account).toMatchObject({
    apiUrl: API_URL,
    downloadUrl: API_URL,
    namePrefix: "photos/",
    capabilities: expect.arrayContaining(["shareFiles", "readFiles"]),
    buckets: [expect.objectContaining({ name: "images" }), expect.objectContaining({ name: "archive" })],
  });
});

it("an account's URLs lose the slash at their end", async () => {
  const { b2 } = recorded();
  const urls = { apiUrl: `${API_URL}/`, downloadUrl: `${API_URL}//` };
  b2.faults([{ operation: "b2_authorize_account", patch: { apiInfo: { storageApi: urls } } }]);
  expect(await authorizeAccount(API_URL, KEY)).toMatchObject({ apiUrl: API_URL, downloadUrl: API_URL });
});

it("asks for a download token with the account token, and for what every download then needs not repeat", async () => {
  const { requests } = recorded();
  const account = await authorizeAccount(API_URL, KEY);
  const grant = { bucketId: account.buckets?.[0]?.id ?? "", fileNamePrefix: "", validDurationInSeconds: 3600 };
  expect(await getDownloadAuthorization(account, grant)).toMatch(/^4_download_/);
  expect(requests[1]).toEqual({
    method: "POST",
    url: `${API_URL}/b2api/v4/b2_get_download_authorization`,
    fields: { authorization: account.accountToken, "content-type": "application/json" },
    body: grant,
  });
});

it("finds the id of the bucket with exactly that name", async () => {
  const { requests } = recorded({ secondBucket: "archive", unrestricted: true });
  const account = await authorizeAccount(API_URL, KEY);
  expect(account.buckets).toBeNull();
  const [images, archive] = [await findBucketId(account, "images"), await findBucketId(account, "archive")];
  expect(images).not.toBe(archive);
  expect(await findBucketId(account, "nowhere")).toBeUndefined();
  expect(requests[1]?.body).toEqual({ accountId: account.accountId, bucketName: "images" });
});
