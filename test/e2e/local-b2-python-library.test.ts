import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MASTER_KEY } from "../local-b2/b2/application-key.ts";
import { SWITCHES } from "../local-b2/b2/switches.ts";
import { type LocalB2Server, startLocalB2 } from "../local-b2/serve.ts";
import { expectJudged } from "./expect-judged.ts";
import { DEBIAN_PYTHON, isPythonModuleMissing } from "./missing-tool.ts";

const JUDGE = fileURLToPath(new URL("./fixtures/b2sdk-judge.py", import.meta.url));

const isMissing = isPythonModuleMissing("b2sdk", "python3-b2sdk");

describe.skipIf(isMissing).each(SWITCHES.rawNames.positions)(
  "the vendor's Python library, when names are %s",
  (rawNames) => {
    let server: LocalB2Server;
    // biome-ignore lint/suspicious/noExplicitAny: what the library made of the answers is what is tested.
    let told: any;

    beforeAll(async () => {
      server = await startLocalB2({ switches: { rawNames } });
      const run = promisify(execFile);
      const { stdout } = await run(DEBIAN_PYTHON, [JUDGE, server.url, MASTER_KEY.keyId, MASTER_KEY.key]);
      told = JSON.parse(stdout);
    });
    afterAll(() => server?.close());

    it("reads every field of a bucket", () => {
      expect(told.bucket).toMatchObject({
        bucketName: "judge-bucket",
        bucketType: "allPrivate",
        bucketInfo: { "Cache-Control": "max-age=77" },
        corsRules: [],
        lifecycleRules: [],
        options: ["s3"],
        revision: 1,
        defaultServerSideEncryption: { mode: "none" },
        defaultRetention: { mode: null },
        isFileLockEnabled: false,
        replication: { asReplicationSource: null, asReplicationDestination: null },
      });
    });

    it("reads every field of a file, and its content by name, by id and in part", () => {
      expect(told.small).toMatchObject({
        action: "upload",
        fileName: "a/small +&,é.txt",
        fileInfo: { color: "blue" },
        contentType: "text/plain",
        size: 5,
        serverSideEncryption: { mode: "none" },
        fileRetention: { mode: null, retainUntilTimestamp: null },
        legalHold: null,
        replicationStatus: null,
      });
      expect([told.smallContent, told.smallById, told.smallPart]).toEqual(["small", "small", "mal"]);
      expect([told.largeIsEqual, told.joinedIsEqual]).toEqual([true, true]);
      expect(told.unfinished).toEqual(["unfinished.bin"]);
    });

    it("sees versions in B2's order, and not what is hidden", () => {
      const files = [
        ["a/small +&,é.txt", "upload"],
        ["copy.txt", "hide"],
        ["copy.txt", "upload"],
        ["large.bin", "upload"],
      ];
      expect(told.versions).toEqual(files);
      expect(told.latest).toEqual(files.filter(([name]) => name !== "copy.txt"));
    });

    it.each([
      ["hideTwice", "FileAlreadyHidden"],
      ["hideNothing", "FileNotPresent"],
      ["deleteNothing", "FileNotPresent"],
      ["infoOfNothing", "FileNotPresent"],
      ["downloadNothing", "FileNotPresent"],
      ["noBucket", "NonExistentBucket"],
      ["badDisposition", "BadRequest"],
      ["deleteNotEmpty", "BadRequest"],
      ["secretWithout", "BadRequest"],
      ["secretWithOther", "SSECKeyError"],
      ["limitedToPrefix", "Unauthorized"],
      ["limitedWhenDeleted", "Unauthorized"],
    ])("makes of the refusal %s the error %s", (call, error) => {
      expect(told[call]).toBe(error);
    });

    it("keeps a customer's key for itself, and reads the file with it", () => {
      expect(told.secret.serverSideEncryption).toMatchObject({ mode: "SSE-C", algorithm: "AES256" });
      expect(told.secretWithKey).toBe("secret");
    });

    it("makes a key for one bucket and prefix that opens just that", () => {
      expect(told.keys).toEqual(["judge-key", "local-key"]);
      expect(told.limited).toEqual({ bucket: true, prefix: "a/" });
      expect(told.limitedReads).toBe("small");
    });

    it("changes a bucket and deletes it when it is empty", () => {
      expect([told.updated, told.bucketsLeft]).toEqual(["allPublic", ["images"]]);
    });

    it("has made every call that test/README.md says it judges, and no other", async () => {
      await expectJudged("P", server.b2);
    });
  },
);
