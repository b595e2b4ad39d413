import { beforeEach, describe, expect, it, vi } from "vitest";
import { createSiteOfDeletedKey, healthOf } from "../support/health-of.ts";
import { BEARER, FROM_OWN_PAGE, OWNER } from "../support/owner.ts";
import { createSite, createSiteWithToken } from "../support/site.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 10, 24, 18) });
});

describe("everybody is told the state and one word", () => {
  it("200 ok", async () => {
    const { status, body } = await healthOf(await createSiteWithToken());
    expect([status, body]).toEqual([200, { status: "ok" }]);
  });

  it("in no cache, whatever it is", async () => {
    for (const site of [await createSiteWithToken(), createSite({ B2_API_URL: "nonsense" })]) {
      const { headers } = await healthOf(site);
      expect([headers.get("Cache-Control"), headers.get("Cloudflare-CDN-Cache-Control")]).toEqual([
        "no-store",
        "no-store",
      ]);
    }
  });

  it("and where the full reason is, which itself is for the owner alone", async () => {
    const site = await createSiteOfDeletedKey({ tokensToo: false });
    await site.rotate().catch(() => undefined);
    const { status, body } = await healthOf(site);
    expect([status, body]).toEqual([200, { status: "degraded", cause: "key", detail: expect.any(String) }]);
    for (const where of ["npx wrangler tail", "dashboard", "npm run doctor", "OPERATOR_TOKEN"])
      expect(body.detail).toContain(where);
    expect(JSON.stringify(body)).not.toMatch(/images|local-key|authorize|B2_APPLICATION|401/);
  });

  it("but which settings are wrong, by name: nothing is served, and a new owner may not have a password yet", async () => {
    const { status, body } = await healthOf(createSite({ TOKEN_VALID_SECONDS: "distinctive" }));
    const reason = expect.stringContaining("TOKEN_VALID_SECONDS should hold a whole number of seconds");
    expect([status, body]).toEqual([503, { status: "down", cause: "settings", reason }]);
    expect(JSON.stringify(body)).not.toContain("distinctive");
  });

  it("the log has the reason when somebody asks, so that a tail that begins now shows it", async () => {
    const site = await createSiteOfDeletedKey({ tokensToo: false });
    await site.rotate().catch(() => undefined);
    site.log.clear();
    await healthOf(site);
    const reason = expect.stringContaining("Check B2_APPLICATION_KEY_ID and B2_APPLICATION_KEY");
    expect(site.log.events()).toContainEqual(expect.objectContaining({ event: "health", status: "degraded", reason }));
  });
});

describe("the owner is told everything", () => {
  it.each([
    ["by the Bearer", BEARER],
    ["by Basic", { Authorization: FROM_OWN_PAGE.Authorization }],
  ])("%s: the step, the advice, since when, unknown variables and the rules in force", async (_, headers) => {
    const site = await createSiteWithToken({
      ...OWNER,
      PRIVATE_PREFIXES: "private",
      URL_SIGNING_KEYS: "k1:0123456789abcdef",
      INDEX_FIL: "a",
    });
    site.b2.setKey({ capabilities: ["readFiles"] });
    await site.rotate().catch(() => undefined);
    const { status, body } = await healthOf(site, headers);
    expect(status).toBe(200);
    expect(body).toEqual({
      status: "degraded",
      cause: "key",
      reason: expect.stringContaining("The key lacks shareFiles. Make a key with: b2 key create --bucket images"),
      troubles: [
        {
          status: "degraded",
          cause: "key",
          step: "rights",
          since: "2026-11-24T18:00:00.000Z",
          reason: expect.stringContaining("MintError: rights"),
        },
      ],
      unknownVariables: [{ name: "INDEX_FIL", nearest: "INDEX_FILE" }],
      rules: expect.objectContaining({ PRIVATE_PREFIXES: "private", ALLOWED_REFERERS: "everybody" }),
    });
  });

  it("the rules and the unknown variables when all is well, too", async () => {
    const { body } = await healthOf(await createSiteWithToken(OWNER), BEARER);
    expect(body).toMatchObject({
      status: "ok",
      troubles: [],
      unknownVariables: [],
      rules: { ALLOWED_REFERERS: "everybody" },
    });
  });

  it("each setting that is wrong, by name and never by value, and the unknown variables", async () => {
    const wrong = { TOKEN_VALID_SECONDS: "distinctive", B2_API_URL: "http://distinctive.example", INDEX_FIL: "a" };
    const site = createSite({ ...OWNER, ...wrong });
    const { status, body } = await healthOf(site, BEARER);
    expect([status, body.cause, body.unknownVariables]).toEqual([
      503,
      "settings",
      [{ name: "INDEX_FIL", nearest: "INDEX_FILE" }],
    ]);
    expect(body.reason).toContain("TOKEN_VALID_SECONDS should hold");
    expect(body.reason).toContain("B2_API_URL should hold");
    expect(JSON.stringify(body)).not.toContain("distinctive");
  });

  it.each<[string, Record<string, unknown>, Record<string, string>]>([
    ["a wrong password", OWNER, { Authorization: "Bearer guess-guess-guess-guess-guess" }],
    ["no password", OWNER, {}],
    ["any password where there is no owner", {}, BEARER],
    [
      "a password that is too short to be one",
      { OPERATOR_TOKEN: "short", SIGN_IN_LIMITER: undefined },
      { Authorization: "Bearer short" },
    ],
  ])("not with %s", async (_, vars, headers) => {
    const site = await createSiteWithToken(vars).catch(() => createSite(vars));
    const { body } = await healthOf(site, headers);
    expect(Object.keys(body).filter((name) => !["status", "cause", "detail", "reason"].includes(name))).toEqual([]);
  });

  it("wrong passwords are counted here as anywhere, so that health is no way round the limit", async () => {
    let tries = 0;
    const limiter = {
      limit: async () => {
        tries += 1;
        return { success: tries <= 2 };
      },
    };
    const from = { "CF-Connecting-IP": "192.0.2.7" };
    const site = await createSiteWithToken({ ...OWNER, SIGN_IN_LIMITER: limiter });
    for (let n = 0; n < 3; n += 1)
      await healthOf(site, { ...from, Authorization: "Bearer guess-guess-guess-guess-guess" });
    expect((await healthOf(site, { ...from, ...BEARER })).body).toEqual({ status: "ok" });
    expect(site.log.events().filter(({ event }) => event === "sign-in.refused")).toHaveLength(3);
  });
});
