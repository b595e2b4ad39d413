import { describe, expect, it } from "vitest";
import { contentOf } from "./support/content-of.ts";
import { KEY, PRIVATE } from "./support/protection.ts";
import { createSite } from "./support/site.ts";

const KEYS = `${KEY.id}:${KEY.secret}`;

describe("a setting that would protect less than its owner means stops the Worker, and says what to write", () => {
  it.each<[Record<string, unknown>, string, string]>([
    [{ PRIVATE_PREFIXES: "private" }, "URL_SIGNING_KEYS", "since PRIVATE_PREFIXES is set"],
    [{ PRIVATE_PREFIXES: "private", URL_SIGNING_KEYS: "  " }, "URL_SIGNING_KEYS", "since PRIVATE_PREFIXES is set"],
    [{ PRIVATE_PREFIXES: "private/*", URL_SIGNING_KEYS: KEYS }, "PRIVATE_PREFIXES", "has one of"],
    [{ PRIVATE_PREFIXES: "private clients", URL_SIGNING_KEYS: KEYS }, "PRIVATE_PREFIXES", "has a space"],
    [{ PRIVATE_PREFIXES: "private;clients", URL_SIGNING_KEYS: KEYS }, "PRIVATE_PREFIXES", "has one of"],
    [{ PRIVATE_PREFIXES: '"private"', URL_SIGNING_KEYS: KEYS }, "PRIVATE_PREFIXES", "has one of"],
    [{ PRIVATE_PREFIXES: ["private", 7], URL_SIGNING_KEYS: KEYS }, "PRIVATE_PREFIXES", "array of texts"],
    [{ PRIVATE_PREFIXES: true, URL_SIGNING_KEYS: KEYS }, "PRIVATE_PREFIXES", "array of texts"],
    [{ PRIVATE_PREFIXES: [], URL_SIGNING_KEYS: KEYS }, "PRIVATE_PREFIXES", "at least one"],
    [{ PRIVATE_PREFIXES: "/", URL_SIGNING_KEYS: KEYS }, "PRIVATE_PREFIXES", "such as private"],
    [{ PRIVATE_PREFIXES: ",", URL_SIGNING_KEYS: KEYS }, "PRIVATE_PREFIXES", "such as private"],
    [{ ...PRIVATE, NOT_FOUND_FILE: "private/cat.jpg" }, "NOT_FOUND_FILE", "outside PRIVATE_PREFIXES"],
    [
      {
        ...PRIVATE,
        PRIVATE_PREFIXES: "photos/private",
        B2_FILE_NAME_PREFIX: "photos/",
        NOT_FOUND_FILE: "private/404.html",
      },
      "NOT_FOUND_FILE",
      "outside PRIVATE_PREFIXES",
    ],
    [{ ...PRIVATE, LISTED_PREFIXES: "photos, private/2026" }, "LISTED_PREFIXES", "outside PRIVATE_PREFIXES"],
    [{ LISTED_PREFIXES: "photos, .trips" }, "LISTED_PREFIXES", "folders without a leading dot in any part, since"],
    [{ LISTED_PREFIXES: "photos/.trips/2026" }, "LISTED_PREFIXES", "folders without a leading dot in any part, since"],
    [{ LISTED_PREFIXES: "photos/*" }, "LISTED_PREFIXES", "or / for every folder"],
    [{ LISTED_ROBOTS: "yes" }, "LISTED_ROBOTS", "noindex"],
    [{ URL_SIGNING_KEYS: KEY.secret }, "URL_SIGNING_KEYS", "id:secret"],
    [{ ALLOWED_REFERERS: "https://good.example" }, "ALLOWED_REFERERS", "entry 1 is a URL: write its host alone"],
    [{ ALLOWED_REFERERS: "good.example/shop" }, "ALLOWED_REFERERS", "entry 1 is a URL: write its host alone"],
    [{ ALLOWED_REFERERS: "good.example; shop.example" }, "ALLOWED_REFERERS", "commas between them"],
    [{ ALLOWED_REFERERS: "'good.example'" }, "ALLOWED_REFERERS", "commas between them"],
    [{ ALLOWED_REFERERS: "," }, "ALLOWED_REFERERS", "at least one"],
    [{ ALLOWED_REFERERS: [] }, "ALLOWED_REFERERS", "at least one"],
    [{ ALLOWED_REFERERS: ["good.example shop.example"] }, "ALLOWED_REFERERS", "commas between them"],
    [{ ALLOWED_REFERERS: "*" }, "ALLOWED_REFERERS", "*.good.example"],
    [{ ALLOW_EMPTY_REFERER: "no" }, "ALLOW_EMPTY_REFERER", "true or false"],
    [{ CORS_ALLOW_ORIGINS: "good.example" }, "CORS_ALLOW_ORIGINS", "with scheme"],
    [{ CORS_ALLOW_ORIGINS: "https://good.example; https://shop.example" }, "CORS_ALLOW_ORIGINS", "with scheme"],
    [{ CORS_ALLOW_ORIGINS: '"https://good.example"' }, "CORS_ALLOW_ORIGINS", "with scheme"],
    [{ CORS_ALLOW_ORIGINS: ["*", "https://good.example"] }, "CORS_ALLOW_ORIGINS", "with scheme"],
    [{ CORS_ALLOW_ORIGINS: "https://*.good.example" }, "CORS_ALLOW_ORIGINS", "a list of origins"],
  ])("%j", async (vars, name, expected) => {
    const site = createSite(vars);
    const answer = await site.visit("/private/cat.jpg");
    expect([answer.status, (await contentOf(answer)).includes("at home")]).toEqual([500, false]);
    const health = await site.visit("/-/health");
    const reason = await health.text();
    expect(health.status).toBe(503);
    for (const text of [reason, site.log.lines().join("\n")]) {
      expect(text).toContain(name);
      expect(text).toContain(expected);
      expect(text).not.toContain(KEY.secret);
    }
    expect(site.b2.stats().operations).toEqual({});
  });
});
