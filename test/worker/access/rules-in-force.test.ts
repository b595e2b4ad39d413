import { expect, it } from "vitest";
import { version as release } from "../../../package.json";
import { rulesInForce } from "../../../src/access/rules-in-force.ts";
import { readSettings, SETTINGS } from "../../../src/settings.ts";
import { KEY } from "../support/protection.ts";
import { createSite } from "../support/site.ts";

const OFF = {
  PRIVATE_PREFIXES: "none",
  ALLOWED_REFERERS: "everybody",
  ALLOW_EMPTY_REFERER: "true",
  CORS_ALLOW_ORIGINS: "*",
  B2_FILE_NAME_PREFIX: "none",
};
const ON = {
  URL_SIGNING_KEYS: `${KEY.id}:${KEY.secret}`,
  PRIVATE_PREFIXES: ["/red cats/", "a, b"],
  ALLOWED_REFERERS: "Good.Example. *.wild.example:8080 bücher.example",
  ALLOW_EMPTY_REFERER: "false",
  CORS_ALLOW_ORIGINS: "https://A.example:443 http://localhost:3000",
  B2_FILE_NAME_PREFIX: "photos/",
};

function rulesOf(vars: Record<string, unknown>): Record<string, string> {
  const TOKENS = { get: async () => null, put: async () => undefined };
  const reading = readSettings({ TOKENS, B2_APPLICATION_KEY_ID: "id", B2_APPLICATION_KEY: "key", ...vars });
  if (reading.kind === "problems") throw new Error(JSON.stringify(reading.problems));
  return rulesInForce(reading.settings);
}

it("are those of a site that protects nothing", () => {
  expect(rulesOf({})).toEqual(OFF);
});

it("are what the settings were understood as", () => {
  expect(rulesOf(ON)).toEqual({
    PRIVATE_PREFIXES: "red cats, a%2C b",
    ALLOWED_REFERERS: "good.example, *.wild.example, xn--bcher-kva.example",
    ALLOW_EMPTY_REFERER: "false",
    CORS_ALLOW_ORIGINS: "https://a.example, http://localhost:3000",
    B2_FILE_NAME_PREFIX: "photos/",
  });
});

it("have a line for every setting that protects something", () => {
  const protecting = SETTINGS.filter(({ protects }) => protects).map(({ variable }) => variable);
  expect(Object.keys(rulesOf({})).toSorted()).toEqual(protecting.toSorted());
});

it("are logged once when an isolate starts, without a secret", async () => {
  const site = createSite(ON);
  for (let n = 0; n < 3; n += 1) await site.visit("/a.jpg");
  const lines = site.log.lines().filter((line) => line.includes("settings.rules"));
  expect(lines.map((line) => JSON.parse(line))).toEqual([{ event: "settings.rules", release, ...rulesOf(ON) }]);
  expect(lines.join()).not.toContain(KEY.secret);
});
