import { beforeEach, describe, expect, it, vi } from "vitest";
import { type MintSettings, mint } from "../../../src/token/mint.ts";
import type { LocalB2 } from "../../local-b2/app.ts";
import type { LocalB2Options } from "../../local-b2/options.ts";
import { apiCallsOf, b2BehindFetch, callsOf, MINT_SETTINGS } from "../support/b2-behind-fetch.ts";
import { contentOf } from "../support/content-of.ts";

const NOW = Date.UTC(2026, 10, 24, 18);
const ALL = ["listBuckets", "listFiles", "readFiles", "shareFiles"];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW });
});

interface GoodCase {
  name: string;
  b2?: LocalB2Options;
  settings?: Partial<MintSettings>;
  prepare?: (b2: LocalB2) => void;
  apiCalls?: number;
  bucketName?: string;
}

describe("a token is minted", () => {
  const cases: GoodCase[] = [
    { name: "with a key for one bucket, which needs no name in the settings" },
    { name: "with a key for one bucket that the settings name too", settings: { bucketName: "images" } },
    {
      name: "with a key for several buckets of which the settings name one",
      b2: { secondBucket: "archive" },
      settings: { bucketName: "archive" },
      bucketName: "archive",
    },
    {
      name: "with a key for two buckets of which one was deleted",
      b2: { secondBucket: "archive" },
      prepare: (b2) => b2.deleteBucket("images"),
      bucketName: "archive",
    },
    {
      name: "with a key for every bucket, and looks the id of the named one up",
      b2: { secondBucket: "archive", unrestricted: true },
      settings: { bucketName: "archive" },
      bucketName: "archive",
      apiCalls: 3,
    },
    {
      name: "with a key for a name prefix that the settings name",
      b2: { namePrefix: "photos/" },
      settings: { fileNamePrefix: "photos/" },
    },
    {
      name: "with a key for a name prefix that the settings' prefix begins with",
      b2: { namePrefix: "photos/" },
      settings: { fileNamePrefix: "photos/2026/" },
    },
    { name: "for a public bucket", b2: { isPublic: true } },
    { name: "with a key that has shareFiles alone", b2: { capabilities: ["shareFiles"] } },
    {
      name: "from an answer with unknown extra fields",
      prepare: (b2) =>
        b2.faults([
          {
            operation: "b2_authorize_account",
            patch: { news: { of: "tomorrow" }, apiInfo: { photosApi: {}, storageApi: { allowed: { years: 7 } } } },
          },
          { operation: "b2_get_download_authorization", patch: { news: 1 } },
        ]),
    },
  ];

  it.each(cases)("$name", async ({ b2: options, settings, prepare, apiCalls = 2, bucketName = "images" }) => {
    const b2 = b2BehindFetch(options);
    b2.put(bucketName, "photos/2026/cat.jpg", { content: "a cat" });
    prepare?.(b2);
    const minted = await mint({ ...MINT_SETTINGS, ...settings });
    expect(minted).toEqual({
      trial: { kind: "accepted" },
      token: {
        token: expect.stringMatching(/^4_download_/),
        downloadUrl: b2.url,
        bucketId: expect.stringMatching(/^[0-9a-f]{24}$/),
        bucketName,
        fileNamePrefix: settings?.fileNamePrefix ?? "",
        applicationKeyId: "local-key-id",
        issuedAt: NOW,
        expiresAt: NOW + 604_800_000,
        keyExpiresAt: undefined,
      },
      key: {
        buckets: options?.unrestricted === true ? null : expect.any(Array),
        capabilities: options?.capabilities ?? expect.arrayContaining(["shareFiles"]),
        keyExpiresAt: undefined,
      },
    });
    expect(apiCallsOf(b2)).toBe(apiCalls);
    const cat = await fetch(`${b2.url}/file/${bucketName}/photos/2026/cat.jpg`, {
      headers: { Authorization: minted.token.token },
    });
    expect(await contentOf(cat)).toBe("a cat");
  });

  it("for as long as the settings say, counted from before B2 was asked", async () => {
    const b2 = b2BehindFetch();
    b2.faults([{ operation: "b2_get_download_authorization", delayMs: 30 }]);
    vi.useRealTimers();
    const before = Date.now();
    const { token } = await mint({ ...MINT_SETTINGS, tokenValidSeconds: 3600 });
    expect(token.expiresAt - token.issuedAt).toBe(3_600_000);
    expect(token.issuedAt).toBeGreaterThanOrEqual(before);
    expect(Date.now() - token.issuedAt).toBeGreaterThanOrEqual(25);
    const statusAt = async (ms: number) => {
      vi.setSystemTime(ms);
      return (await fetch(`${b2.url}/file/images/x`, { headers: { Authorization: token.token } })).status;
    };
    expect([await statusAt(token.expiresAt), await statusAt(token.expiresAt + 1000)]).toEqual([404, 401]);
  });

  it("that claims to live no longer than its key, and asks B2 for no more", async () => {
    const keyExpiresAt = NOW + 3_600_000 + 500;
    const asked: unknown[] = [];
    const b2 = b2BehindFetch({ keyExpiresAt });
    vi.stubGlobal("fetch", async (input: RequestInfo, init?: RequestInit) => {
      const request = new Request(input, init);
      if (request.url.endsWith("b2_get_download_authorization")) asked.push(await request.clone().json());
      return await b2.fetch(request);
    });
    const { token, key } = await mint(MINT_SETTINGS);
    expect(asked).toEqual([expect.objectContaining({ validDurationInSeconds: 3600 })]);
    expect(token).toMatchObject({ expiresAt: NOW + 3_600_000, keyExpiresAt });
    expect(key).toMatchObject({ keyExpiresAt });
  });

  it.each([
    ["ends later", 30 * 86_400_000],
    ["has no end", null],
  ])("for as long as the settings say, when its key %s", async (_, lifeMs) => {
    b2BehindFetch(lifeMs === null ? {} : { keyExpiresAt: NOW + lifeMs });
    expect((await mint(MINT_SETTINGS)).token.expiresAt).toBe(NOW + 604_800_000);
  });

  it("that opens nothing outside the prefix of the settings", async () => {
    const b2 = b2BehindFetch();
    b2.put("images", "secret/plan.txt", { content: "a plan" });
    const { token } = await mint({ ...MINT_SETTINGS, fileNamePrefix: "photos/" });
    const response = await fetch(`${b2.url}/file/images/secret/plan.txt`, { headers: { Authorization: token.token } });
    expect(response.status).toBe(Number(b2.world.switches.scopeError));
  });

  it("without asking for anything that the mint does not need", async () => {
    const b2 = b2BehindFetch({ capabilities: ALL });
    await mint(MINT_SETTINGS);
    expect(callsOf(b2)).toEqual({
      b2_authorize_account: 1,
      b2_get_download_authorization: 1,
      b2_download_file_by_name: 1,
    });
  });
});
