import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { type Env, readSettings } from "../../src/settings.ts";

const SECRETS = { B2_APPLICATION_KEY_ID: "id", B2_APPLICATION_KEY: "a-very-secret-value" };

function read(vars: Record<string, unknown>) {
  return readSettings({ TOKENS: env.TOKENS, ...SECRETS, ...vars } as unknown as Env);
}

function settingsOf(vars: Record<string, unknown>) {
  const reading = read(vars);
  if (reading.kind === "problems") throw new Error(JSON.stringify(reading.problems));
  return reading.settings;
}

it("has one documented default each", () => {
  expect(settingsOf({})).toEqual({
    applicationKeyId: "id",
    applicationKey: "a-very-secret-value",
    apiUrl: "https://api.backblazeb2.com",
    bucketName: undefined,
    fileNamePrefix: "",
    tokenValidSeconds: 604_800,
    browserMaxAgeSeconds: 86_400,
    edgeMaxAgeSeconds: 259_200,
    edgeStaleWhileRevalidateSeconds: 604_800,
    edgeStaleIfErrorSeconds: 604_800,
    notFoundMaxAgeSeconds: 60,
    versionParameter: undefined,
    corsOrigins: { kind: "any" },
    refererRules: undefined,
    allowEmptyReferer: true,
    privatePrefixes: [],
    listedPrefixes: [],
    listedRobots: "noindex",
    signingKeys: [],
    indexFile: undefined,
    notFoundFile: undefined,
    alertWebhookUrl: undefined,
    presets: new Map(),
  });
});

describe("takes", () => {
  it.each([
    ["TOKEN_VALID_SECONDS", "3600", { tokenValidSeconds: 3600 }],
    ["TOKEN_VALID_SECONDS", 3600, { tokenValidSeconds: 3600 }],
    ["BROWSER_MAX_AGE_SECONDS", "0", { browserMaxAgeSeconds: 0 }],
    ["ALLOW_EMPTY_REFERER", "false", { allowEmptyReferer: false }],
    ["ALLOW_EMPTY_REFERER", true, { allowEmptyReferer: true }],
    ["B2_API_URL", "http://localhost:8788/", { apiUrl: "http://localhost:8788" }],
    ["B2_API_URL", "http://127.0.0.1:8788", { apiUrl: "http://127.0.0.1:8788" }],
    ["B2_BUCKET_NAME", " my-pictures ", { bucketName: "my-pictures" }],
    ["B2_BUCKET_NAME", "", { bucketName: undefined }],
    ["B2_FILE_NAME_PREFIX", "photos/2026/", { fileNamePrefix: "photos/2026/" }],
    ["B2_FILE_NAME_PREFIX", "100% mine/", { fileNamePrefix: "100% mine/" }],
    ["VERSION_PARAMETER", "v", { versionParameter: "v" }],
    ["VERSION_PARAMETER", " file_version-2 ", { versionParameter: "file_version-2" }],
    ["VERSION_PARAMETER", "", { versionParameter: undefined }],
    ["INDEX_FILE", "index.html", { indexFile: "index.html" }],
    ["INDEX_FILE", "", { indexFile: undefined }],
    ["NOT_FOUND_FILE", "errors/nothing here.html", { notFoundFile: "errors/nothing here.html" }],
    ["PRIVATE_PREFIXES", "", { privatePrefixes: [] }],
    ["LISTED_PREFIXES", "/photos/, trips", { listedPrefixes: ["photos", "trips"] }],
    ["LISTED_PREFIXES", ["red cats", "trips"], { listedPrefixes: ["red cats", "trips"] }],
    ["LISTED_PREFIXES", "/", { listedPrefixes: [""] }],
    ["LISTED_PREFIXES", " ", { listedPrefixes: [] }],
    ["LISTED_ROBOTS", "index", { listedRobots: "index" }],
    ["LISTED_ROBOTS", "noindex", { listedRobots: "noindex" }],
    ["LISTED_ROBOTS", "", { listedRobots: "noindex" }],
    ["ALLOWED_REFERERS", "", { refererRules: undefined }],
    ["TOKEN_VALID_SECONDS", "", { tokenValidSeconds: 604_800 }],
    ["EDGE_MAX_AGE_SECONDS", " ", { edgeMaxAgeSeconds: 259_200 }],
    ["B2_API_URL", "", { apiUrl: "https://api.backblazeb2.com" }],
    ["ALLOWED_REFERERS", ["good.example"], { refererRules: [{ host: "good.example", subdomains: false }] }],
    ["CORS_ALLOW_ORIGINS", ["https://a.example"], { corsOrigins: { kind: "list", origins: ["https://a.example"] } }],
    ["CORS_ALLOW_ORIGINS", ["*"], { corsOrigins: { kind: "any" } }],
    ["ALERT_WEBHOOK_URL", "https://hooks.example/x", { alertWebhookUrl: "https://hooks.example/x" }],
  ])("%s = %j", (name, value, expected) => {
    expect(settingsOf({ [name]: value })).toMatchObject(expected);
  });
});

describe("says what a setting should hold, and never what it holds", () => {
  it.each([
    ["B2_APPLICATION_KEY_ID", undefined, "npx wrangler secret put B2_APPLICATION_KEY_ID"],
    ["B2_APPLICATION_KEY_ID", "K004abcdefghijklmnopqrstuvw/xyz", "the two are probably swapped"],
    ["B2_APPLICATION_KEY", "", "npx wrangler secret put B2_APPLICATION_KEY"],
    ["TOKEN_VALID_SECONDS", "3599", "from 3600 to 604800"],
    ["TOKEN_VALID_SECONDS", "604801", "from 3600 to 604800"],
    ["EDGE_MAX_AGE_SECONDS", "7d", "whole number of seconds"],
    ["EDGE_MAX_AGE_SECONDS", -1, "whole number of seconds"],
    ["EDGE_MAX_AGE_SECONDS", 1.5, "whole number of seconds"],
    ["ALLOW_EMPTY_REFERER", "yes", "true or false"],
    ["ALLOW_EMPTY_REFERER", "", "true or false"],
    ["CORS_ALLOW_ORIGINS", "", "* or a list of origins"],
    ["B2_API_URL", "http://api.backblazeb2.com", "https:"],
    ["B2_API_URL", "https://user:hunter22@b2.example", "https:"],
    ["B2_API_URL", "https://b2.example/path", "without a path"],
    ["B2_API_URL", "https://b2.example/?x", "without a path"],
    ["B2_API_URL", "https://b2.example#x", "without a path"],
    ["B2_API_URL", "undefined/", "without a path"],
    ["B2_BUCKET_NAME", "a/b", "bucket's name"],
    ["B2_FILE_NAME_PREFIX", "/photos/", "without a slash in front"],
    ["B2_FILE_NAME_PREFIX", "a//b", "without a slash in front"],
    ["B2_FILE_NAME_PREFIX", "../x", "without a slash in front"],
    ["VERSION_PARAMETER", "?v", "query parameter, such as v"],
    ["VERSION_PARAMETER", "v=", "query parameter, such as v"],
    ["VERSION_PARAMETER", "größe", "query parameter, such as v"],
    ["VERSION_PARAMETER", "v".repeat(33), "query parameter, such as v"],
    ["VERSION_PARAMETER", "preset", "but not preset, exp"],
    ["VERSION_PARAMETER", "exp", "but not preset, exp"],
    ["VERSION_PARAMETER", "kid", "but not preset, exp"],
    ["VERSION_PARAMETER", "sig", "but not preset, exp"],
    ["VERSION_PARAMETER", "format", "but not preset, exp"],
    ["VERSION_PARAMETER", "after", "but not preset, exp"],
    ["B2_FILE_NAME_PREFIX", "a\ud800", "without a slash in front"],
    ["INDEX_FILE", "a/index.html", "without a slash"],
    ["INDEX_FILE", "a\ud800", "without a slash"],
    ["PRIVATE_PREFIXES", "a\ud800", "not a folder"],
    ["ALLOWED_REFERERS", "a\ud800.example", "hosts such as"],
    ["CORS_ALLOW_ORIGINS", "https://a\ud800.example", "a list of origins"],
    ["NOT_FOUND_FILE", "/404.html", "without a slash in front"],
    ["ALLOWED_REFERERS", "https://good.example", "good.example"],
    ["CORS_ALLOW_ORIGINS", "good.example", "https://good.example"],
    ["PRIVATE_PREFIXES", "a//b", ""],
    ["URL_SIGNING_KEYS", "short:123", "secret"],
    ["ALERT_WEBHOOK_URL", "http://hooks.example/hunter22", "https:"],
  ])("%s = %j", (name, value, expected) => {
    const reading = read({ [name]: value });
    if (reading.kind === "settings") throw new Error("it was taken");
    expect(reading.problems).toEqual([{ name, expected: expect.stringContaining(expected) }]);
    expect(JSON.stringify(reading)).not.toMatch(/hunter22|a-very-secret-value|K004/);
  });

  it("tells of all of them at once", () => {
    const reading = read({ EDGE_MAX_AGE_SECONDS: "x", INDEX_FILE: "/" });
    expect(reading.kind === "problems" && reading.problems.map(({ name }) => name)).toEqual([
      "EDGE_MAX_AGE_SECONDS",
      "INDEX_FILE",
    ]);
  });

  it("PRIVATE_PREFIXES without a key to sign with would lock everybody out", () => {
    expect(read({ PRIVATE_PREFIXES: "private/" })).toMatchObject({
      kind: "problems",
      problems: [{ name: "URL_SIGNING_KEYS" }],
    });
  });
});
