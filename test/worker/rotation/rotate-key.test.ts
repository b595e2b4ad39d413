import { beforeEach, describe, expect, it, vi } from "vitest";
import { TOKEN_KEY } from "../support/download-token.ts";
import { createRotatingSite } from "../support/rotating-site.ts";

const NOW = Date.UTC(2026, 10, 24, 18);
/** A key that may do nothing more than is needed. */
const NARROW = { capabilities: ["readFiles", "shareFiles"] };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"], now: NOW });
});

describe("a key with an end", () => {
  const keyExpiresAt = NOW + 30 * 86_400_000;

  it("is told in the log, and on record, and the token knows it", async () => {
    const site = createRotatingSite({}, { ...NARROW, keyExpiresAt });
    await site.run();
    expect(site.log.events()).toContainEqual(expect.objectContaining({ event: "rotation.done", keyExpiresAt }));
    expect(site.history()).toEqual([expect.objectContaining({ keyExpiresAt })]);
    expect(JSON.parse(site.kv.values.get(TOKEN_KEY) ?? "")).toMatchObject({ keyExpiresAt });
  });
});

describe("a key that may do more than is needed", () => {
  it("is one warning a rotation, with the command for a narrower key", async () => {
    const capabilities = ["listFiles", "readFiles", "shareFiles", "writeFiles", "deleteFiles"];
    const site = createRotatingSite({ B2_BUCKET_NAME: "images" }, { capabilities });
    for (let n = 0; n < 2; n += 1) await site.run();
    const warnings = site.log.events().filter(({ event }) => event === "key.more-than-needed");
    expect(warnings).toEqual(
      Array(2).fill({
        level: "warn",
        event: "key.more-than-needed",
        excess: "writeFiles, deleteFiles",
        advice:
          "Make a narrower key with: b2 key create --bucket images b2-image-worker listFiles,readFiles,shareFiles",
      }),
    );
  });

  it("is no warning otherwise", async () => {
    const site = createRotatingSite({}, NARROW);
    await site.run();
    expect(site.log.lines().join("\n")).not.toContain("key.more-than-needed");
  });
});
