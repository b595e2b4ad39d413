import { describe, expect, it } from "vitest";
import type { MintSettings } from "../../../src/token/mint.ts";
import type { MintStep } from "../../../src/token/mint-error.ts";
import type { LocalB2 } from "../../local-b2/app.ts";
import type { LocalB2Options } from "../../local-b2/options.ts";
import { b2BehindFetch, callsOf, MINT_SETTINGS } from "../support/b2-behind-fetch.ts";
import { failureOf } from "../support/mint-failure.ts";

const GRANT = "b2_get_download_authorization";
const CREATE = "b2 key create --bucket images b2-image-worker readFiles,shareFiles";

interface RefusedCase {
  name: string;
  b2?: LocalB2Options;
  settings?: Partial<MintSettings>;
  prepare?: (b2: LocalB2) => void;
  step: MintStep;
  /** What the owner should change. */
  advice: string;
  /** B2's status and code, where B2 was what failed. */
  b2Says?: [number, string];
}

const refused: RefusedCase[] = [
  {
    name: "a wrong key",
    settings: { applicationKey: "wrong" },
    step: "authorize",
    advice: "Check B2_APPLICATION_KEY_ID and B2_APPLICATION_KEY",
    b2Says: [401, "unauthorized"],
  },
  {
    name: "a key with a character that is not Latin",
    settings: { applicationKey: "“local-key”" },
    step: "authorize",
    advice: "Check B2_APPLICATION_KEY_ID and B2_APPLICATION_KEY",
    b2Says: [401, "unauthorized"],
  },
  {
    name: "a key for several buckets and no name",
    b2: { secondBucket: "archive" },
    step: "bucket",
    advice: "The key reaches several buckets. Set B2_BUCKET_NAME",
  },
  {
    name: "a key for several buckets, but not for the named one",
    b2: { secondBucket: "archive" },
    settings: { bucketName: "photos" },
    step: "bucket",
    advice: "The key does not reach the bucket of B2_BUCKET_NAME",
  },
  {
    name: "a key for every bucket and no name",
    b2: { unrestricted: true },
    step: "bucket",
    advice: "The key reaches every bucket. Set B2_BUCKET_NAME",
  },
  {
    name: "a key for every bucket that may not list them",
    b2: { unrestricted: true, capabilities: ["readFiles", "shareFiles"] },
    settings: { bucketName: "images" },
    step: "bucket",
    advice: `The key may not list buckets. Make a key with: ${CREATE}`,
  },
  {
    name: "a key for every bucket and the name of none",
    b2: { unrestricted: true },
    settings: { bucketName: "typing-error" },
    step: "bucket",
    advice: "There is no bucket with the name in B2_BUCKET_NAME",
  },
  {
    name: "a look-up of the bucket that B2 refuses",
    b2: { unrestricted: true },
    settings: { bucketName: "images" },
    prepare: (b2) => b2.faults([{ operation: "b2_list_buckets", status: 401, code: "unauthorized" }]),
    step: "bucket",
    advice: CREATE,
    b2Says: [401, "unauthorized"],
  },
  {
    name: "a deleted bucket",
    prepare: (b2) => b2.deleteBucket("images"),
    step: "bucket",
    advice: "The key's bucket was deleted",
  },
  {
    name: "a key without shareFiles",
    b2: { capabilities: ["listBuckets", "listFiles", "readFiles"] },
    step: "rights",
    advice: `The key lacks shareFiles. Make a key with: ${CREATE}`,
  },
  {
    name: "a key for a name prefix, and none in the settings",
    b2: { namePrefix: "photos/" },
    step: "rights",
    advice: "names that begin with photos/: set B2_FILE_NAME_PREFIX",
  },
  {
    name: "a key for another name prefix than that of the settings",
    b2: { namePrefix: "photos/" },
    settings: { fileNamePrefix: "photo" },
    step: "rights",
    advice: "names that begin with photos/: set B2_FILE_NAME_PREFIX",
  },
  {
    name: "a bucket that is deleted between two calls",
    prepare: (b2) => b2.faults([{ operation: GRANT, status: 400, code: "bad_bucket_id" }]),
    step: "download-authorization",
    advice: CREATE,
    b2Says: [400, "bad_bucket_id"],
  },
  {
    name: "a right that is gone between two calls",
    prepare: (b2) => b2.faults([{ operation: GRANT, status: 401, code: "unauthorized" }]),
    step: "download-authorization",
    advice: CREATE,
    b2Says: [401, "unauthorized"],
  },
];

describe("the owner is told what to change about", () => {
  it.each(refused)("$name", async ({ b2: options, settings, prepare, step, advice, b2Says }) => {
    const b2 = b2BehindFetch(options);
    prepare?.(b2);
    const error = await failureOf({ ...MINT_SETTINGS, ...settings });
    expect([error.step, error.cause?.status, error.cause?.b2Code]).toEqual([
      step,
      ...(b2Says ?? [undefined, undefined]),
    ]);
    expect(error.advice).toContain(advice);
    for (const part of [step, advice, ...(b2Says ?? [])]) expect(error.message).toContain(String(part));
    expect(error.message).not.toMatch(/local-key(?!-id)|4_account_/);
    if (step !== "download-authorization") expect(callsOf(b2)[GRANT]).toBeUndefined();
    expect(callsOf(b2).b2_download_file_by_name).toBeUndefined();
  });
});
