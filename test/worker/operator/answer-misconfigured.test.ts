import { describe, expect, it } from "vitest";
import { contentOf } from "../support/content-of.ts";
import { BEARER, LOOKING, OWNER } from "../support/owner.ts";
import { createSite } from "../support/site.ts";

const WRONG = { TOKEN_VALID_SECONDS: "distinctive", INDEX_FIL: "a", URL_SIGNING_KEYS: "k1:distinctive-secret" };

describe("while the settings do not parse, the owner's status", () => {
  it("names each setting that is wrong, what it should hold, and what is set", async () => {
    const response = await createSite({ ...OWNER, ...WRONG }).browse("/-/status", { headers: BEARER });
    expect([response.status, response.headers.get("Cache-Control")]).toEqual([200, "no-store"]);
    const { settings, ...status } = JSON.parse(await contentOf(response));
    const reason = expect.stringContaining("TOKEN_VALID_SECONDS should hold a whole number of seconds");
    expect(status).toEqual({
      now: expect.any(String),
      host: "image.example.com",
      health: { status: "down", cause: "settings", reason, troubles: [{ status: "down", cause: "settings", reason }] },
      unknownVariables: [{ name: "INDEX_FIL", nearest: "INDEX_FILE" }],
    });
    expect(settings).toContainEqual({ name: "URL_SIGNING_KEYS", value: "set", isDefault: false, isSecret: true });
  });

  it("says the same as a page, in no cache and no frame", async () => {
    const response = await createSite({ ...OWNER, ...WRONG }).browse("/-/status", { headers: LOOKING });
    const page = await contentOf(response);
    expect(response.headers.get("Content-Security-Policy")).toContain("frame-ancestors 'none'");
    expect(page).toContain("<h1>Pictures are not served</h1>");
    expect(page).toContain("TOKEN_VALID_SECONDS should hold a whole number of seconds");
    expect(page).toContain("INDEX_FIL is not a setting. Did you mean INDEX_FILE?");
    expect(page).not.toContain("distinctive-secret");
    expect(page).not.toContain("/-/files");
  });

  it("comes without content for HEAD", async () => {
    const response = await createSite({ ...OWNER, ...WRONG }).visit("/-/status", { method: "HEAD", headers: BEARER });
    expect([response.status, await contentOf(response)]).toEqual([200, ""]);
  });

  it("asks a stranger for the password, and tells nothing", async () => {
    for (const headers of [{}, { Authorization: "Bearer guess-guess-guess-guess-guess" }]) {
      const response = await createSite({ ...OWNER, ...WRONG }).browse("/-/status", { headers });
      expect([response.status, response.headers.get("Cache-Control")]).toEqual([401, "no-store"]);
      expect(await contentOf(response)).not.toMatch(/SECONDS|INDEX|distinctive/);
    }
  });
});

describe("while the settings do not parse, it is 500", () => {
  it.each([
    ["without an owner", "/-/status", {}, { headers: BEARER }],
    ["when the password is what is wrong", "/-/status", { OPERATOR_TOKEN: "short" }, { headers: BEARER }],
    ["to change anything", "/-/rotate", OWNER, { method: "POST", headers: BEARER }],
    ["to post to the status", "/-/status", OWNER, { method: "POST", headers: BEARER }],
    ["for the files", "/-/files", OWNER, { headers: BEARER }],
    ["for an image", "/cat.jpg", OWNER, { headers: BEARER }],
  ])("%s: %s", async (_, path, owner, init) => {
    const response = await createSite({ ...owner, ...WRONG }).browse(path, init);
    expect([response.status, response.headers.get("Cache-Control")]).toEqual([500, "no-store"]);
    expect(await contentOf(response)).not.toMatch(/SECONDS|INDEX|distinctive/);
  });
});
