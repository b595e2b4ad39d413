import { beforeEach, describe, expect, it, vi } from "vitest";
import { newBucket } from "../../local-b2/b2/bucket.ts";
import { SWITCHES } from "../../local-b2/b2/switches.ts";
import { contentOf } from "../support/content-of.ts";
import { createSite, createSiteWithToken, type TestSite } from "../support/site.ts";
import { uploadAsClient } from "../support/upload.ts";

// Where the sources about B2 differ or are silent, the Worker is right whatever the real one does.

const ALL_RIGHTS = { capabilities: ["readFiles", "shareFiles"] };
const { scopeError, wholeRange, rawNames, downloadTokens } = SWITCHES;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
});

describe.each(scopeError.positions)("when B2 refuses a token outside of its bucket with %s", (position) => {
  /** A bucket deleted and made again under its name has another id, and the old tokens do not open it. */
  async function siteWithBucketMadeAgain(): Promise<TestSite> {
    const site = createSite({ B2_BUCKET_NAME: "images" }, { unrestricted: true, switches: { scopeError: position } });
    expect((await site.visit()).status).toBe(200);
    site.b2.world.buckets = [newBucket("images", false)];
    site.b2.put("images", "cat.jpg", { content: "another cat", contentType: "image/jpeg" });
    return site;
  }

  it("a visitor gets the file with a token that is made for it, when the old one opened nothing for a while", async () => {
    const site = await siteWithBucketMadeAgain();
    site.advance(3600);
    const response = await site.visit();
    expect([response.status, await contentOf(response)]).toEqual([200, "another cat"]);
  });

  it("nobody's visits use up the calls of B2's API: a token that opened a file just now counts as one that works", async () => {
    const site = await siteWithBucketMadeAgain();
    const before = site.b2.stats().operations.b2_authorize_account?.calls;
    expect((await site.visit()).status).toBe(502);
    expect(site.b2.stats().operations.b2_authorize_account?.calls).toBe(before);
  });

  it("HEAD does too, which B2 refuses without a word", async () => {
    const site = await siteWithBucketMadeAgain();
    site.advance(3600);
    expect((await site.visit("/cat.jpg", { method: "HEAD" })).status).toBe(200);
  });

  it("the cron heals it for everybody", async () => {
    const site = await siteWithBucketMadeAgain();
    await site.rotate();
    const visit = site.startIsolate();
    const before = site.b2.stats().operations.b2_authorize_account?.calls;
    expect((await visit()).status).toBe(200);
    expect(site.b2.stats().operations.b2_authorize_account?.calls).toBe(before);
  });

  it("a key that lost its rights is told as such by the cron, and the old token goes on", async () => {
    const site = createSite({}, { switches: { scopeError: position } });
    await site.rotate();
    // B2's first answer still names the right, and the second call is refused: the key was changed between the two.
    site.b2.faults([
      { operation: "b2_authorize_account", patch: { apiInfo: { storageApi: { allowed: ALL_RIGHTS } } } },
    ]);
    site.b2.setKey({ capabilities: ["listFiles"] });
    await expect(site.rotate()).rejects.toThrow("b2 key create");
    expect((await site.visit()).status).toBe(200);
  });
});

describe.each(wholeRange.positions)("when B2 answers a range of the whole file with %s", (position) => {
  const site = () => createSite({}, { switches: { wholeRange: position } });

  it.each([
    ["bytes=0-", "bytes 0-4/5", "a cat"],
    ["bytes=0-4", "bytes 0-4/5", "a cat"],
    ["bytes=0-99", "bytes 0-4/5", "a cat"],
    ["bytes=-5", "bytes 0-4/5", "a cat"],
    ["bytes=-99", "bytes 0-4/5", "a cat"],
    ["bytes=1-2", "bytes 1-2/5", " c"],
  ])("a visitor's %s is 206", async (range, contentRange, text) => {
    const response = await site().visit("/cat.jpg", { headers: { Range: range } });
    expect([response.status, response.headers.get("Content-Range")]).toEqual([206, contentRange]);
    expect([await contentOf(response), response.headers.get("Content-Length")]).toEqual([text, `${text.length}`]);
  });

  it("an If-Range that does not hold gets the whole file, as 200", async () => {
    const response = await site().visit("/cat.jpg", { headers: { Range: "bytes=0-", "If-Range": '"another"' } });
    expect([response.status, response.headers.get("Content-Range"), await contentOf(response)]).toEqual([
      200,
      null,
      "a cat",
    ]);
  });

  it("a range behind the end is 416 with the length", async () => {
    const response = await site().visit("/cat.jpg", { headers: { Range: "bytes=5-" } });
    expect([response.status, response.headers.get("Content-Range")]).toEqual([416, "bytes */5"]);
  });

  it("HEAD and a request without a range are 200", async () => {
    const { visit } = site();
    expect((await visit("/cat.jpg", { method: "HEAD", headers: { Range: "bytes=0-" } })).status).toBe(200);
    expect((await visit()).status).toBe(200);
  });
});

describe.each(rawNames.positions)("when names on the wire are %s", (position) => {
  const NAMES = ["a+b.jpg", "a b.jpg", "a&b.jpg", "a,b.jpg", "a+b & c,d.jpg", "a%2Bb.jpg", "é+山.jpg"];
  const files = Object.fromEntries(NAMES.map((name) => [name, { content: name, contentType: "image/jpeg" }]));

  it.each(NAMES)("%s is found by its address, and no other file with it", async (name) => {
    const { visit } = createSite({}, { files, switches: { rawNames: position } });
    for (const path of new Set([encodeURIComponent(name), encodeURI(name)])) {
      const response = await visit(`/${path}`);
      expect([response.status, await contentOf(response)]).toEqual([200, name]);
    }
  });

  it("B2's own link with + for a space is the file with a space", async () => {
    const { visit } = createSite({}, { files, switches: { rawNames: position } });
    expect(await contentOf(await visit("/file/images/a+b.jpg"))).toBe("a b.jpg");
    expect(await contentOf(await visit("/file/images/a%2Bb.jpg"))).toBe("a+b.jpg");
  });

  it("what a client uploaded with its raw name is served under what B2 made of it", async () => {
    const { b2, visit } = createSite({}, { switches: { rawNames: position } });
    const { fileName: name } = await uploadAsClient(
      b2,
      position === "literal" ? "raw+name&more,.jpg" : "raw+name%26more%2C.jpg",
    );
    expect(name).toBe(position === "literal" ? "raw+name&more,.jpg" : "raw name&more,.jpg");
    expect(await contentOf(await visit(`/${encodeURIComponent(name)}`))).toBe("uploaded");
  });
});

describe.each(downloadTokens.positions)("when download tokens %s", (position) => {
  it("a deleted key fails no visitor whose token still holds, and a new key heals the others", async () => {
    const site = await createSiteWithToken();
    site.b2.setSwitches({ downloadTokens: position });
    await site.visit();
    site.b2.deleteKey();
    const { status } = await site.visit();
    expect(status === 200).toBe(position === "outlive-key");
    // The owner makes a key anew: here under the old id, so that the settings need no change.
    site.b2.world.keys = [...site.b2.world.keys, newKeyOf(site)];
    await site.rotate();
    expect((await site.startIsolate()()).status).toBe(200);
  });

  it("the cron fails while the key is gone, and says that it is", async () => {
    const site = await createSiteWithToken();
    site.b2.setSwitches({ downloadTokens: position });
    site.b2.deleteKey();
    await expect(site.rotate()).rejects.toThrow("the key may be mistyped, deleted or expired");
  });

  function newKeyOf({ b2 }: TestSite) {
    const bucketIds = b2.world.buckets.map(({ id }) => id);
    const capabilities = ["readFiles", "shareFiles"];
    return { keyId: b2.keyId, key: b2.key, name: "new", capabilities, bucketIds, namePrefix: null, expiresAt: null };
  }
});
