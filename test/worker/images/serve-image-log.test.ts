import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Fault } from "../../local-b2/b2/faults.ts";
import { createSite, type TestSite } from "../support/site.ts";
import { uploadAsClient } from "../support/upload.ts";

const DOWNLOAD = "b2_download_file_by_name";
const FILE = { ray: "8f-FRA", file: "photos/cat.jpg" };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
});

/** A site that has held its token for an hour, and the lines that one visit writes when B2 has these faults. */
async function linesOf(faults: Omit<Fault, "operation">[]): Promise<Record<string, unknown>[]> {
  const site = createSite();
  site.b2.put("images", "photos/cat.jpg", { content: "a cat" });
  await site.visit("/photos/cat.jpg");
  site.advance(3600);
  site.log.clear();
  site.b2.faults(faults.map((fault) => ({ operation: DOWNLOAD, ...fault })));
  await site.visit("/photos/cat.jpg?utm_source=secret-query", { headers: { "CF-Ray": "8f-FRA" } });
  return parse(site);
}

function parse({ log }: TestSite): Record<string, unknown>[] {
  return log.lines().map((line) => JSON.parse(line));
}

describe("one JSON line an event, with the ray id and the file's name", () => {
  it("nothing of a visit that goes well", async () => {
    expect(await linesOf([])).toEqual([]);
  });

  it("each retry", async () => {
    const unavailable = { status: 503, code: "service_unavailable" };
    const error = `${DOWNLOAD}: unavailable (status 503, service_unavailable)`;
    expect(await linesOf([unavailable, unavailable])).toEqual([
      { event: "download.retry", ...FILE, error },
      { event: "download.retry", ...FILE, error },
    ]);
  });

  it("a token that B2 refuses, and the mint that follows", async () => {
    expect(await linesOf([{ status: 401, code: "expired_auth_token" }])).toEqual([
      { event: "token.refused", ...FILE },
      { event: "token.minted", on: "request", ray: "8f-FRA", trial: "accepted" },
    ]);
  });

  it.each([
    ["GET", "customer-key-needed (status 400, bad_request)", "Upload it again without such a key"],
    ["HEAD", "bad-request (status 400)", "encrypted with its uploader's own key (SSE-C)"],
  ])("to %s, a file that is encrypted with its uploader's own key: %s", async (method, error, advice) => {
    const site = createSite();
    const md5 = "hRasmdxgYDKV3nvbahU1MA==";
    const encryption = {
      "X-Bz-Server-Side-Encryption-Customer-Algorithm": "AES256",
      "X-Bz-Server-Side-Encryption-Customer-Key": btoa("0123456789abcdef0123456789abcdef"),
      "X-Bz-Server-Side-Encryption-Customer-Key-Md5": md5,
    };
    await uploadAsClient(site.b2, "photos/cat.jpg", { fields: encryption });
    const response = await site.visit("/photos/cat.jpg", { method, headers: { "CF-Ray": "8f-FRA" } });
    expect(response.status).toBe(502);
    expect(parse(site).at(-1)).toEqual({
      event: "download.failed",
      ...FILE,
      error: `B2Error: ${DOWNLOAD}: ${error}`,
      advice: expect.stringContaining(advice),
    });
  });

  const faults: [string, Omit<Fault, "operation">[], string, string | undefined][] = [
    [
      "denied access",
      [{ status: 403, code: "access_denied" }],
      "access-denied (status 403, access_denied)",
      "allowed to read this bucket",
    ],
    [
      "a reached cap",
      [{ status: 403, code: "download_cap_exceeded" }],
      "cap-exceeded (status 403, download_cap_exceeded)",
      "Caps & Alerts",
    ],
    [
      "a name that B2 does not take",
      [{ status: 400, code: "bad_request" }],
      "bad-request (status 400, bad_request)",
      "file name",
    ],
    [
      "a Retry-After beyond the budget",
      [{ status: 429, code: "too_many_requests", retryAfterSeconds: 60 }],
      "too-many-requests (status 429, too_many_requests)",
      undefined,
    ],
  ];

  it.each(faults)("a fault: %s", async (_, what, error, advice) => {
    const lines = await linesOf(what);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ event: "download.failed", ...FILE, error: `B2Error: ${DOWNLOAD}: ${error}` });
    expect(lines[0]?.advice).toEqual(advice === undefined ? undefined : expect.stringContaining(advice));
  });

  it("401 for good names the rights that may be missing", async () => {
    const lines = await linesOf([{ times: 9, status: 401, code: "unauthorized" }]);
    expect(lines.at(-1)).toMatchObject({
      event: "download.failed",
      ...FILE,
      advice: expect.stringContaining("does the key still have readFiles and shareFiles"),
    });
  });

  it("never a query string", async () => {
    const lines = await linesOf([
      { status: 500, code: "internal_error" },
      { status: 403, code: "access_denied" },
    ]);
    expect(lines.length).toBeGreaterThan(1);
    expect(JSON.stringify(lines)).not.toContain("secret-query");
  });
});

it("settings that do not parse are told once an isolate, by name, and never by value", async () => {
  const site = createSite({ TOKEN_VALID_SECONDS: "a distinctive value", B2_API_URL: "http://distinctive.example" });
  for (let n = 0; n < 3; n += 1) expect((await site.visit("/cat.jpg")).status).toBe(500);
  expect(parse(site)).toEqual([
    { event: "settings.invalid", name: expect.any(String), expected: expect.any(String) },
    { event: "settings.invalid", name: expect.any(String), expected: expect.any(String) },
  ]);
  expect(site.log.lines().join("\n")).not.toContain("distinctive");
});
