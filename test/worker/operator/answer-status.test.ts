import { beforeEach, describe, expect, it, vi } from "vitest";
import { version as release } from "../../../package.json";
import { runAhead } from "../support/clock.ts";
import { contentOf } from "../support/content-of.ts";
import { TOKEN_KEY } from "../support/download-token.ts";
import { BEARER, LOOKING, OWNER } from "../support/owner.ts";
import { createSiteWithToken, type FaultyKvSite } from "../support/site.ts";
import { createOwnersSite, SECRETS, textOf, VERSION } from "../support/status-site.ts";

const NOW = Date.UTC(2026, 10, 24, 20, 17);
let site: FaultyKvSite;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW });
  site = await createOwnersSite();
});

async function statusOf(of = site) {
  const response = await of.visit("/-/status", { headers: BEARER });
  return JSON.parse(await contentOf(response));
}

async function pageOf(of = site): Promise<string> {
  const response = await of.visit("/-/status", { headers: LOOKING });
  expect(response.headers.get("Content-Type")).toBe("text/html; charset=utf-8");
  return await contentOf(response);
}

describe("the status for programs", () => {
  it("says all that the page says", async () => {
    const { settings, ...status } = await statusOf();
    const end = "2026-12-01T20:17:00.000Z";
    expect(status).toEqual({
      now: "2026-11-24T20:17:00.000Z",
      host: "image.example.com",
      health: { status: "ok", troubles: [] },
      token: { issuedAt: "2026-11-24T20:17:00.000Z", expiresAt: end },
      schedule: { cron: "0 */6 * * *", nextAt: "2026-11-25T00:00:00.000Z" },
      rotations: [
        {
          at: "2026-11-24T20:17:00.000Z",
          by: "cron",
          cron: "0 */6 * * *",
          outcome: "published",
          durationMs: expect.any(Number),
          expiresAt: end,
          capabilities: expect.any(Array),
        },
      ],
      bucket: { name: "images", fileNamePrefix: "" },
      key: {
        kind: "key",
        id: "local-key-id",
        capabilities: expect.arrayContaining(["readFiles", "shareFiles"]),
        reach: "images alone",
        expiresAt: null,
        warnings: expect.any(Array),
      },
      unknownVariables: [],
      release,
      version: VERSION,
    });
    expect(settings).toContainEqual({ name: "B2_APPLICATION_KEY", value: "set", isDefault: false, isSecret: true });
    expect(settings).toContainEqual({ name: "INDEX_FILE", value: "", isDefault: true, isSecret: false });
  });

  it("is the answer to a request that does not prefer a page", async () => {
    for (const accept of [undefined, "*/*", "application/json", "application/json, text/html;q=0.9"]) {
      const headers = { ...BEARER, ...(accept !== undefined && { Accept: accept }) };
      const response = await site.visit("/-/status", { headers });
      expect(response.headers.get("Content-Type")).toBe("application/json");
    }
  });

  it("comes without content for HEAD", async () => {
    const response = await site.visit("/-/status", { method: "HEAD", headers: LOOKING });
    expect([response.status, await contentOf(response)]).toEqual([200, ""]);
  });
});

describe("no secret is in it", () => {
  it.each([
    { form: "page", headers: LOOKING },
    { form: "JSON", headers: BEARER },
  ])("as $form", async ({ headers }) => {
    const content = await contentOf(await site.visit("/-/status", { headers }));
    const token = JSON.parse(site.kv.values.get(TOKEN_KEY) ?? "{}").token;
    expect(content).toContain("local-key-id");
    for (const secret of [...Object.values(SECRETS).slice(1), "distinctive", token, "4_download", "4_account"])
      expect(content).not.toContain(secret);
    expect(content).not.toMatch(/\blocal-key\b(?!-id)/);
  });
});

describe("in trouble the page comes all the same", () => {
  it("when KV does not answer, with a line in the log", async () => {
    site.log.clear();
    site.kv.reads = "throws";
    const text = textOf(await pageOf());
    expect(text).toContain("No rotation is on record yet.");
    expect(text).toContain("It reaches images alone");
    expect(site.log.events().map(({ event }) => event)).toContain("status.incomplete");
  });

  it("when B2 refuses the key", async () => {
    site.b2.setKey({ key: "another" });
    const text = textOf(await pageOf());
    expect(text).toContain("B2 does not say what it may do: B2Error: b2_authorize_account: unauthorized");
    expect(text).toContain("The token is valid until");
  });

  it("when B2 does not answer, after three seconds", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"], now: NOW });
    site.b2.faults([{ operation: "b2_authorize_account", times: 1, stall: true }]);
    const startedAt = Date.now();
    const text = textOf(await runAhead(pageOf()));
    expect(text).toContain("B2 does not say what it may do: Error: no answer in 3 s");
    expect(Date.now() - startedAt).toBeLessThan(4_000);
  });
});

it("without a password nobody sees a byte of it", async () => {
  const owners = await createSiteWithToken(OWNER);
  for (const headers of [{}, { Accept: "text/html" }, { Authorization: "Bearer guess-guess-guess-guess-guess" }]) {
    const response = await owners.browse("/-/status", { headers });
    expect(response.status).toBe(401);
    const content = await contentOf(response);
    for (const word of ["images", "local-key", "rotation", "B2_", "0 */6"]) expect(content).not.toContain(word);
  }
});
