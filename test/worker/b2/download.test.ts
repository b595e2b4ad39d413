import { beforeEach, describe, expect, it, vi } from "vitest";
import { type DownloadAccess, download } from "../../../src/b2/download.ts";
import { mint } from "../../../src/token/mint.ts";
import type { LocalB2 } from "../../local-b2/app.ts";
import { b2BehindFetch, callsOf, MINT_SETTINGS } from "../support/b2-behind-fetch.ts";
import { contentOf } from "../support/content-of.ts";

const DOWNLOAD = "b2_download_file_by_name";
const TIMEOUT_MS = 1_000;
const GET = { method: "GET", range: undefined } as const;

let b2: LocalB2;
let access: DownloadAccess;
beforeEach(async () => {
  b2 = b2BehindFetch();
  b2.put("images", "photos/a cat + 山.jpg", { content: "a cat" });
  ({ token: access } = await mint(MINT_SETTINGS));
  b2.reset();
});

describe("one request", () => {
  it("names the file by B2's rules, and carries the token and nothing else", async () => {
    const result = await download(access, { ...GET, fileName: "photos/a cat + 山.jpg" }, TIMEOUT_MS);
    expect(result.kind === "file" && (await contentOf(result.response))).toBe("a cat");
    expect(b2.requests).toEqual([
      {
        method: "GET",
        path: "/file/images/photos/a%20cat%20%2B%20%E5%B1%B1.jpg",
        headers: { authorization: access.token },
      },
    ]);
  });

  it("carries a range, when there is one", async () => {
    const result = await download(
      access,
      { ...GET, range: "bytes=2-4", fileName: "photos/a cat + 山.jpg" },
      TIMEOUT_MS,
    );
    expect(result.kind === "file" && [result.response.status, await contentOf(result.response)]).toEqual([206, "cat"]);
    expect(b2.requests[0]?.headers).toEqual({ authorization: access.token, range: "bytes=2-4" });
  });
});

it("a file that does not exist is missing, and so is a hidden one", async () => {
  await b2.hide("images", "photos/a cat + 山.jpg");
  for (const fileName of ["dog.jpg", "photos/a cat + 山.jpg"]) {
    expect(await download(access, { ...GET, fileName }, TIMEOUT_MS)).toEqual({ kind: "missing" });
  }
});

it("a range outside of the file is told", async () => {
  const fileName = "photos/a cat + 山.jpg";
  expect(await download(access, { ...GET, range: "bytes=99-", fileName }, TIMEOUT_MS)).toEqual({
    kind: "range-not-satisfiable",
  });
});

describe("403 to a HEAD, which has no body to say why", () => {
  const HEAD = { ...GET, method: "HEAD", fileName: "photos/a cat + 山.jpg" } as const;

  it.each([
    ["download_cap_exceeded", "cap-exceeded"],
    ["access_denied", "access-denied"],
  ])("%s is asked about with one GET", async (b2Code, code) => {
    b2.faults([{ operation: DOWNLOAD, times: 9, status: 403, code: b2Code }]);
    await expect(download(access, HEAD, TIMEOUT_MS)).rejects.toMatchObject({ code, b2Code });
    expect(callsOf(b2)[DOWNLOAD]).toBe(2);
  });

  it("is no fault when the GET is answered: its content is not read", async () => {
    b2.faults([{ operation: DOWNLOAD, status: 403, code: "access_denied" }]);
    const result = await download(access, HEAD, TIMEOUT_MS);
    expect(result).toMatchObject({ kind: "file", response: { status: 200 } });
  });
});

it.each([
  [404, "missing"],
  [416, "range-not-satisfiable"],
])("%i means the same when its connection breaks as soon as the fields are here", async (status, kind) => {
  const broken = new ReadableStream({ cancel: () => Promise.reject(new TypeError("reset")) });
  vi.stubGlobal("fetch", async () => new Response(broken, { status }));
  expect(await download(access, { ...GET, fileName: "cat.jpg" }, TIMEOUT_MS)).toEqual({ kind });
});

it("every other answer is an error of this call", async () => {
  b2.faults([{ operation: DOWNLOAD, status: 503, code: "service_unavailable", retryAfterSeconds: 7 }]);
  await expect(download(access, { ...GET, fileName: "cat.jpg" }, TIMEOUT_MS)).rejects.toMatchObject({
    operation: DOWNLOAD,
    code: "unavailable",
    retryAfterSeconds: 7,
  });
});
