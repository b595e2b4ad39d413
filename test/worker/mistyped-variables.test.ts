import { env } from "cloudflare:workers";
import leven from "leven";
import { describe, expect, it } from "vitest";
import { findMistyped } from "../../src/mistyped-variables.ts";
import { SETTINGS } from "../../src/settings.ts";
import { createSite } from "./support/site.ts";

const ALL = SETTINGS.map(({ variable }) => variable);

describe("a variable that is nearly a setting is found", () => {
  it.each([
    ["PRIVATE_PREFIX", "PRIVATE_PREFIXES"],
    ["PRIVATE_PREFIXS", "PRIVATE_PREFIXES"],
    ["private_prefixes", "PRIVATE_PREFIXES"],
    ["PRIVATEPREFIXES", "PRIVATE_PREFIXES"],
    ["PRVIATE_PREFIXES", "PRIVATE_PREFIXES"],
    ["ALLOWED_REFERRERS", "ALLOWED_REFERERS"],
    ["ALLOWED_REFERRER", "ALLOWED_REFERERS"],
    ["ALLOWED_REFERER", "ALLOWED_REFERERS"],
    ["ALLOW_REFERERS", "ALLOWED_REFERERS"],
    ["ALLOW_EMPTY_REFERRER", "ALLOW_EMPTY_REFERER"],
    ["ALLOW_EMPTY_REFERERS", "ALLOW_EMPTY_REFERER"],
    ["CORS_ALLOWED_ORIGINS", "CORS_ALLOW_ORIGINS"],
    ["CORS_ALLOW_ORIGIN", "CORS_ALLOW_ORIGINS"],
    ["B2_FILENAME_PREFIX", "B2_FILE_NAME_PREFIX"],
    ["b2_file_name_prefix", "B2_FILE_NAME_PREFIX"],
    ["BROWSER_MAX_AGE_SECOND", "BROWSER_MAX_AGE_SECONDS"],
    ["EDGE_MAXAGE_SECONDS", "EDGE_MAX_AGE_SECONDS"],
    ["INDEX_FILES", "INDEX_FILE"],
    ["URL_SIGNING_KEY", "URL_SIGNING_KEYS"],
    ["B2_BUCKETNAME", "B2_BUCKET_NAME"],
  ])("%s means %s", (name, nearest) => {
    expect(findMistyped({ [name]: "x" }, ALL)).toEqual([{ name, nearest }]);
  });

  it.each([[7], [true], [["private"]], [{ folders: "private" }], [""]])("when it holds %j", (value) => {
    expect(findMistyped({ PRIVATE_PREFIX: value }, ALL)).toHaveLength(1);
  });
});

it("no name can be nearly that of a protection and nearly that of another setting", () => {
  for (const { variable } of SETTINGS.filter(({ protects }) => protects)) {
    for (const other of ALL.filter((name) => name !== variable)) expect(leven(variable, other)).toBeGreaterThan(4);
  }
});

describe("a variable is left alone", () => {
  it.each(["NODE_ENV", "PREFIXES", "PRIVATE", "REFERERS", "MAX_AGE", "SENTRY_DSN", "PRIVATE_PRE", "ALLOWED_HOSTS"])(
    "that looks like nothing of ours: %s",
    (name) => {
      expect(findMistyped({ [name]: "x" }, ALL)).toEqual([]);
    },
  );

  it.each(ALL)("that is one: %s", (name) => {
    expect(findMistyped({ [name]: "x" }, ALL)).toEqual([]);
  });

  it("that is a binding, whatever its name", () => {
    const bindings = { PRIVATE_PREFIX: env.TOKENS, INDEX_FILES: new Headers(), BUCKET: () => undefined };
    expect(findMistyped(bindings, ALL)).toEqual([]);
  });
});

describe("under a mistyped name a protection that is off stops the Worker, and the log says which name is meant", () => {
  it.each([
    ["PRIVATE_PREFIX", "sub", "PRIVATE_PREFIXES"],
    ["PRIVATE_PREFIX", ["sub"], "PRIVATE_PREFIXES"],
    ["Private_Prefixes", "sub", "PRIVATE_PREFIXES"],
    ["ALLOWED_REFERRERS", "good.example", "ALLOWED_REFERERS"],
    ["ALLOW_EMPTY_REFERRER", "false", "ALLOW_EMPTY_REFERER"],
    ["ALLOW_EMPTY_REFERRER", false, "ALLOW_EMPTY_REFERER"],
    ["CORS_ALLOWED_ORIGINS", "https://good.example", "CORS_ALLOW_ORIGINS"],
    ["B2_FILENAME_PREFIX", "public/", "B2_FILE_NAME_PREFIX"],
  ])("%s = %j", async (name, value, meant) => {
    for (const given of [{}, { [meant]: "" }, { [meant]: " " }]) {
      // These two must not be empty anyway.
      if (meant in given && /CORS|EMPTY/.test(meant)) continue;
      const site = createSite({ [name]: value, ...given });
      site.b2.put("images", "sub/a.jpg", { content: "a", contentType: "image/jpeg" });
      expect((await site.visit("/sub/a.jpg")).status).toBe(500);
      expect(await (await site.visit("/-/health")).text()).toContain(`${meant} should hold the value of ${name},`);
      expect(site.log.lines().join("\n")).toContain(`the value of ${name},`);
      expect(site.b2.stats().operations).toEqual({});
    }
  });

  it("is told beside every other problem", async () => {
    const site = createSite({ PRIVATE_PREFIX: "sub", EDGE_MAX_AGE_SECONDS: "soon" });
    const health = await (await site.visit("/-/health")).text();
    expect(health).toContain("PRIVATE_PREFIX,");
    expect(health).toContain("EDGE_MAX_AGE_SECONDS should hold");
  });
});

describe("is a warning, once in an isolate, and pictures are served", () => {
  it.each([
    ["another setting", { BROWSER_MAX_AGE_SECOND: 5 }, ["BROWSER_MAX_AGE_SECOND", "BROWSER_MAX_AGE_SECONDS"]],
    [
      "a protection that is on",
      { ALLOWED_REFERERS: "good.example", ALLOWED_REFERRERS: "evil.example" },
      ["ALLOWED_REFERRERS", "ALLOWED_REFERERS"],
    ],
  ])("the mistyped name of %s", async (_, vars, [name, nearest]) => {
    const site = createSite(vars);
    site.b2.put("images", "a.jpg", { content: "a", contentType: "image/jpeg" });
    for (let n = 0; n < 3; n += 1) expect((await site.visit("/a.jpg")).status).toBe(200);
    const warnings = site.log
      .lines()
      .map((line) => JSON.parse(line))
      .filter(({ event }) => event === "settings.mistyped");
    expect(warnings).toEqual([{ event: "settings.mistyped", name, nearest }]);
  });

  it("or nothing at all for a variable that looks like nothing of ours", async () => {
    const site = createSite({ SENTRY_DSN: "https://x.example" });
    await site.visit("/a.jpg");
    expect(site.log.lines().join("\n")).not.toContain("SENTRY_DSN");
  });
});
