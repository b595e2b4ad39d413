import { beforeEach, describe, expect, it, vi } from "vitest";
import { contentOf } from "../support/content-of.ts";
import type { Vars } from "../support/isolate.ts";
import { createSite, createSiteWithToken, SITE_URL, type TestSite } from "../support/site.ts";

const TOKEN = "0123456789abcdef01234567";
const OWNER = { OPERATOR_TOKEN: TOKEN, SIGN_IN_LIMITER: undefined };
const BEARER = { Authorization: `Bearer ${TOKEN}` };
const BASIC = { Authorization: `Basic ${btoa(`owner:${TOKEN}`)}` };
const WRONG = { Authorization: "Bearer 76543210fedcba9876543210" };
const OWN_PAGE = { Origin: SITE_URL, "Sec-Fetch-Site": "same-origin" };
const PURGE = { method: "POST", body: '{"paths":["cat.jpg"]}' };
const CLIENT = { "CF-Connecting-IP": "192.0.2.1" };

let site: TestSite;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  site = await createSiteWithToken(OWNER);
});

/** A limiter as Cloudflare's, of ten a client. */
function limiterOfTen() {
  const counts = new Map<string, number>();
  return {
    limit: async ({ key }: { key: string }) => {
      counts.set(key, (counts.get(key) ?? 0) + 1);
      return { success: (counts.get(key) ?? 0) <= 10 };
    },
  };
}

interface Refused {
  name: string;
  path?: string;
  init: RequestInit;
  status: number;
  vars?: Vars;
  field?: [string, string];
}

const refused: Refused[] = [
  {
    name: "without a password",
    init: PURGE,
    status: 401,
    field: ["WWW-Authenticate", 'Basic realm="b2-image-worker", charset="UTF-8"'],
  },
  { name: "with a wrong password", init: { ...PURGE, headers: WRONG }, status: 401 },
  {
    name: "without a password in the settings",
    init: { ...PURGE, headers: BEARER },
    status: 404,
    vars: { OPERATOR_TOKEN: "" },
  },
  {
    name: "with a password that is too short in the settings",
    init: { ...PURGE, headers: { Authorization: "Bearer short" } },
    status: 500,
    vars: { OPERATOR_TOKEN: "short" },
  },
  {
    name: "by Access alone, but not through it",
    init: PURGE,
    status: 403,
    vars: { OPERATOR_TOKEN: "", OPERATOR_ACCESS_AUDIENCE: "a".repeat(64) },
  },
  {
    name: "with an audience that is none",
    init: { ...PURGE, headers: BEARER },
    status: 500,
    vars: { OPERATOR_ACCESS_AUDIENCE: "image.example.com" },
  },
  { name: "by GET", init: { headers: BEARER }, status: 405, field: ["Allow", "POST"] },
  { name: "by GET, without a password", init: {}, status: 405, field: ["Allow", "POST"] },
  { name: "by PUT", init: { ...PURGE, method: "PUT", headers: BEARER }, status: 405, field: ["Allow", "POST"] },
  { name: "by OPTIONS", init: { method: "OPTIONS", headers: BEARER }, status: 405, field: ["Allow", "POST"] },
  { name: "at an address that is not there", path: "/-/purged", init: { ...PURGE, headers: BEARER }, status: 404 },
  { name: "at another spelling", path: "/-/%70urge", init: { ...PURGE, headers: BEARER }, status: 404 },
  { name: "with the password of Basic from no page", init: { ...PURGE, headers: BASIC }, status: 403 },
  {
    name: "from another site",
    init: { ...PURGE, headers: { ...BASIC, Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" } },
    status: 403,
  },
  { name: "from a page without an origin", init: { ...PURGE, headers: { ...BASIC, Origin: "null" } }, status: 403 },
  {
    name: "from a sibling of the site",
    init: { ...PURGE, headers: { ...BASIC, Origin: "https://www.example.com", "Sec-Fetch-Site": "same-site" } },
    status: 403,
  },
  {
    name: "from the same host without TLS",
    init: { ...PURGE, headers: { ...BASIC, Origin: SITE_URL.replace("https", "http") } },
    status: 403,
  },
  {
    name: "with an origin that the browser contradicts",
    init: { ...PURGE, headers: { ...BASIC, Origin: SITE_URL, "Sec-Fetch-Site": "cross-site" } },
    status: 403,
  },
  {
    name: "with more than 1 MiB",
    init: { method: "POST", body: " ".repeat(1024 * 1024 + 1), headers: BEARER },
    status: 413,
  },
];

describe("nothing is purged", () => {
  it.each(refused)("$name: $status", async ({ path = "/-/purge", init, status, vars, field }) => {
    const asked = vars === undefined ? site : createSite({ ...OWNER, ...vars });
    const response = await asked.browse(path, init);
    expect(response.status).toBe(status);
    if (field !== undefined) expect(response.headers.get(field[0])).toBe(field[1]);
    expect(response.headers.get("Cache-Control")).toBe("no-store");
    expect([asked.images.purges, asked.cache.purges]).toEqual([[], []]);
  });
});

describe("the owner may", () => {
  it.each([
    {
      name: "with a Bearer from anywhere",
      headers: { ...BEARER, Origin: "https://tool.example", "Sec-Fetch-Site": "cross-site" },
    },
    { name: "with Basic from a page of this site", headers: { ...BASIC, ...OWN_PAGE } },
    { name: "with Basic from an old browser's page of this site", headers: { ...BASIC, Origin: SITE_URL } },
  ])("$name", async ({ headers }) => {
    const response = await site.browse("/-/purge", { ...PURGE, headers });
    expect(response.status).toBe(200);
    expect(site.cache.purges).toEqual([{ tags: ["/cat.jpg"] }]);
  });
});

describe("wrong passwords of one client", () => {
  const guess = async (of: TestSite, fields: Record<string, string> = {}) =>
    (await of.browse("/-/purge", { ...PURGE, headers: { ...CLIENT, ...WRONG, ...fields } })).status;

  it("are 429 after ten in a minute, and then not even the right one is looked at", async () => {
    const limited = await createSiteWithToken({ ...OWNER, SIGN_IN_LIMITER: limiterOfTen() });
    const statuses = [];
    for (let n = 0; n < 12; n += 1) statuses.push(await guess(limited));
    expect(statuses).toEqual([...Array(10).fill(401), 429, 429]);
    expect(await guess(limited, BEARER)).toBe(429);
    expect(await guess(limited, { ...BEARER, "CF-Connecting-IP": "192.0.2.2" })).toBe(200);
    limited.advance(60);
    expect(await guess(limited, BEARER)).toBe(200);
  });

  it("are told to the owner in the log, without the password", async () => {
    site.log.clear();
    await guess(site);
    expect(site.log.events()).toEqual([{ level: "warn", event: "sign-in.refused" }]);
  });

  it("do not keep others of the site's visitors from their images", async () => {
    const limited = await createSiteWithToken({ ...OWNER, SIGN_IN_LIMITER: limiterOfTen() });
    for (let n = 0; n < 12; n += 1) await guess(limited);
    expect((await limited.browse("/cat.jpg", { headers: CLIENT })).status).toBe(200);
  });

  it("are not counted where no limiter is bound", async () => {
    for (let n = 0; n < 20; n += 1) expect(await guess(site)).toBe(401);
  });
});

describe("every answer under /-/", () => {
  it.each([
    { path: "/-/purge", init: { ...PURGE, headers: BEARER } },
    { path: "/-/purge", init: PURGE },
    { path: "/-/purge", init: {} },
    { path: "/-/nothing", init: {} },
    { path: "/-/", init: {} },
  ])("of $path is kept by no cache, shown in no frame, and runs nothing", async ({ path, init }) => {
    const { headers } = await site.visit(path, init);
    expect(headers.get("Cache-Control")).toBe("no-store");
    expect(headers.get("Cloudflare-CDN-Cache-Control")).toBe("no-store");
    expect(headers.get("X-Frame-Options")).toBe("DENY");
    expect(headers.get("Content-Security-Policy")).toContain("frame-ancestors 'none'");
    expect(headers.get("Content-Security-Policy")).toContain("default-src 'none'");
    expect(headers.get("Cross-Origin-Resource-Policy")).toBe("same-origin");
    expect(headers.get("Access-Control-Allow-Origin")).toBeNull();
    expect(headers.get("X-Content-Type-Options")).toBe("nosniff");
  });

  it("has the same 404 for what is not there and for what the settings switch off", async () => {
    const off = createSite({ OPERATOR_TOKEN: "" });
    const answers = [await off.visit("/-/purge", PURGE), await off.visit("/-/nothing", PURGE)];
    const [first, second] = await Promise.all(answers.map(contentOf));
    expect(first).toBe(second);
    for (const method of ["GET", "POST", "OPTIONS"])
      expect((await off.visit("/-/events", { method })).status).toBe(404);
  });
});
