import { describe, expect, it } from "vitest";
import { excessOf, mightyRights, narrowKeyCommand } from "../../../src/b2/application-key.ts";

const ONE = [{ id: "1", name: "images" }];
const READING = ["listBuckets", "listFiles", "readBuckets", "readBucketEncryption", "readFiles", "shareFiles"];

describe("what a key may do beyond what is needed", () => {
  it.each<[string, string[], { id: string; name: string }[] | null, string[]]>([
    ["nothing, for the narrowest key", ["readFiles", "shareFiles"], ONE, []],
    ["nothing, for B2's own «Read Only»", READING, ONE, []],
    ["changing and deleting", [...READING, "writeFiles", "deleteFiles"], ONE, ["writeFiles", "deleteFiles"]],
    ["holding files back from deletion", [...READING, "bypassGovernance"], ONE, ["bypassGovernance"]],
    ["other keys", ["listKeys", "writeKeys", "readFiles"], ONE, ["listKeys", "writeKeys"]],
    ["every bucket", READING, null, ["every bucket"]],
    ["several buckets", READING, [...ONE, { id: "2", name: "archive" }], ["2 buckets"]],
    ["both", ["deleteFiles"], null, ["deleteFiles", "every bucket"]],
  ])("%s", (_, capabilities, buckets, excess) => {
    expect(excessOf({ capabilities, buckets, keyExpiresAt: undefined })).toEqual(excess);
    expect(mightyRights({ capabilities })).toEqual(excess.filter((what) => !what.includes("bucket")));
  });
});

describe("the command for a narrower key", () => {
  const served = { bucketName: "images", fileNamePrefix: "" };

  it.each<[string, Parameters<typeof narrowKeyCommand>, string]>([
    ["is for one bucket", [served], "b2 key create --bucket images b2-image-worker readFiles,shareFiles"],
    [
      "is for the prefix too",
      [{ ...served, fileNamePrefix: "my photos/" }],
      "b2 key create --bucket images --name-prefix 'my photos/' b2-image-worker readFiles,shareFiles",
    ],
    [
      "can be pasted into a shell, whatever the prefix",
      [{ ...served, fileNamePrefix: "it's $HOME/" }],
      `b2 key create --bucket images --name-prefix 'it'\\''s $HOME/' b2-image-worker readFiles,shareFiles`,
    ],
    [
      "keeps the right to list, which folders may need",
      [served, READING],
      "b2 key create --bucket images b2-image-worker listFiles,readFiles,shareFiles",
    ],
  ])("%s", (_, args, command) => {
    expect(narrowKeyCommand(...args)).toBe(command);
  });
});
