import { describe, expect, it } from "vitest";
import { callsOf } from "../support/b2-behind-fetch.ts";
import { contentOf } from "../support/content-of.ts";
import { createSite } from "../support/site.ts";
import { uploadAsClient } from "../support/upload.ts";

const SHA1_OF_UPLOADED = "67e3f1b6e2e2d40fd6ebb1d2b36b9ff4be8cc4a8";
const CUSTOMER_KEY = {
  "X-Bz-Server-Side-Encryption-Customer-Algorithm": "AES256",
  "X-Bz-Server-Side-Encryption-Customer-Key": `${"a".repeat(43)}=`,
  "X-Bz-Server-Side-Encryption-Customer-Key-Md5": `${"b".repeat(22)}==`,
};

describe("the entity tag of an upload", () => {
  it("is the SHA-1 that B2 checked", async () => {
    const { b2, visit } = createSite();
    const sha1 = await sha1Of("uploaded");
    await uploadAsClient(b2, "cat.jpg", { fields: { "X-Bz-Content-Sha1": sha1 } });
    expect((await visit()).headers.get("ETag")).toBe(`"${sha1}"`);
  });

  it.each(["do_not_verify", `unverified:${SHA1_OF_UPLOADED}`])("is of the file id after %s", async (claimed) => {
    const { b2, visit } = createSite();
    const stored = await uploadAsClient(b2, "cat.jpg", { fields: { "X-Bz-Content-Sha1": claimed } });
    expect(stored.contentSha1).toMatch(/^unverified:[0-9a-f]{40}$/);
    const tag = (await visit()).headers.get("ETag") ?? "";
    expect(tag).toMatch(/^"f1\w+"$/);
    expect(stored.fileId).toContain(tag.slice(1, -1));
    expect((await visit("/cat.jpg", { headers: { "If-None-Match": tag } })).status).toBe(304);
  });

  async function sha1Of(text: string): Promise<string> {
    const digest = await crypto.subtle.digest("SHA-1", new TextEncoder().encode(text));
    return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }
});

it("an upload with a customer's key is 502 for visitors, and no token is made for it", async () => {
  const { b2, visit } = createSite();
  await uploadAsClient(b2, "secret.jpg", { fields: CUSTOMER_KEY });
  await visit();
  const before = callsOf(b2).b2_authorize_account;
  for (const method of ["GET", "HEAD"]) expect((await visit("/secret.jpg", { method })).status).toBe(502);
  expect(callsOf(b2).b2_authorize_account).toBe(before);
  expect((await visit()).status).toBe(200);
});

it("what the uploader set reaches the browser, and the bucket's Cache-Control where the file has none", async () => {
  const { b2, visit } = createSite();
  const disposition = "attachment; filename*=UTF-8''caf%C3%A9.jpg";
  await uploadAsClient(b2, "own.jpg", {
    fields: {
      "X-Bz-Info-b2-content-disposition": encodeURIComponent(disposition),
      "X-Bz-Info-b2-cache-control": "max-age=77",
    },
  });
  const own = await visit("/own.jpg");
  expect([own.headers.get("Content-Disposition"), own.headers.get("Cache-Control")]).toEqual([
    disposition,
    "max-age=77",
  ]);
  b2.setBucket("images", { cacheControl: "public, max-age=600" });
  expect((await visit()).headers.get("Cache-Control")).toBe("public, max-age=600");
  expect((await visit("/own.jpg")).headers.get("Cache-Control")).toBe("max-age=77");
});

it("a hidden, a deleted and a changed file are what they are at once, without a cache", async () => {
  const { b2, visit } = createSite();
  await uploadAsClient(b2, "a.jpg", { content: "one" });
  expect(await contentOf(await visit("/a.jpg"))).toBe("one");
  await uploadAsClient(b2, "a.jpg", { content: "two" });
  expect(await contentOf(await visit("/a.jpg"))).toBe("two");
  await b2.hide("images", "a.jpg");
  expect((await visit("/a.jpg")).status).toBe(404);
  await b2.remove("images", "cat.jpg");
  expect((await visit()).status).toBe(404);
});
