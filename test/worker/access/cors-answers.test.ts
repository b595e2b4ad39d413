import { beforeEach, describe, expect, it, vi } from "vitest";
import { contentOf } from "../support/content-of.ts";
import { HOTLINK, NOW_SECONDS, PRIVATE, signed, snapshot } from "../support/protection.ts";
import { createSiteWithToken } from "../support/site.ts";

const GOOD = { Origin: "https://good.example" };
const EVIL = { Origin: "https://evil.example" };
const LIST = { ...PRIVATE, CORS_ALLOW_ORIGINS: "https://good.example http://localhost:3000" };
const OVER_LIMIT = { limit: async () => ({ success: false }) };
const CLIENT = { "CF-Connecting-IP": "192.0.2.1" };
const PREFLIGHT = { "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "range" };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW_SECONDS * 1000 });
});

const answers: [number, string, Record<string, string>][] = [
  [200, "/cat.jpg", {}],
  [200, "/cat.jpg?v=3", {}],
  [206, "/cat.jpg", { Range: "bytes=0-1" }],
  [304, "/cat.jpg", { "If-None-Match": "*" }],
  [400, "/%zz", {}],
  [403, "/private/cat.jpg", {}],
  [404, "/dog.jpg", {}],
  [412, "/cat.jpg", { "If-Match": '"other"' }],
  [416, "/cat.jpg", { Range: "bytes=99-" }],
];

describe("with a list of origins", () => {
  it.each(answers)(
    "a %i of %s may be read by an origin of the list alone, and varies",
    async (status, path, fields) => {
      const site = await createSiteWithToken(LIST);
      const good = await site.visit(path, { headers: { ...fields, ...GOOD } });
      expect([good.status, good.headers.get("Access-Control-Allow-Origin")]).toEqual([status, GOOD.Origin]);
      for (const headers of [EVIL, { Origin: "null" }, {}]) {
        const other = await site.visit(path, { headers: { ...fields, ...headers } });
        expect([other.status, other.headers.get("Access-Control-Allow-Origin")]).toEqual([status, null]);
        expect(varyOf(other)).toContain("origin");
      }
      expect(varyOf(good)).toContain("origin");
    },
  );

  it("a 429 and a signed file may be read by an origin of the list alone", async () => {
    const limited = await createSiteWithToken({ ...LIST, MISS_LIMITER: OVER_LIMIT });
    const link = await signed("/private/cat.jpg");
    for (const [headers, expected] of [
      [GOOD, GOOD.Origin],
      [EVIL, null],
    ] as const) {
      const refused = await limited.visit("/cat.jpg", { headers: { ...CLIENT, ...headers } });
      // Without an address, as a request of this machine comes, nobody is limited.
      const opened = await limited.visit(link, { headers });
      expect([refused.status, refused.headers.get("Access-Control-Allow-Origin")]).toEqual([429, expected]);
      expect([opened.status, opened.headers.get("Access-Control-Allow-Origin")]).toEqual([200, expected]);
      expect([varyOf(refused), varyOf(opened)]).toEqual([["origin", "accept"], ["origin"]]);
    }
  });

  it("no cache gives one origin's answer to another, in whichever order they come", async () => {
    const site = await createSiteWithToken(LIST);
    const local = "http://localhost:3000";
    for (const origin of [EVIL.Origin, GOOD.Origin, null, local, GOOD.Origin, EVIL.Origin, "null", null]) {
      const response = await site.browse("/cat.jpg", { headers: origin === null ? {} : { Origin: origin } });
      const isAllowed = origin === GOOD.Origin || origin === local;
      expect(response.headers.get("Access-Control-Allow-Origin")).toBe(isAllowed ? origin : null);
      expect(await contentOf(response)).toBe("a cat");
    }
    // One for those without an origin, one through `Images` for all that have one.
    expect(site.downloads()).toBe(2);
  });
});

describe("with every origin allowed", () => {
  it.each(answers)("a %i of %s is the same for all", async (status, path, fields) => {
    const site = await createSiteWithToken(PRIVATE);
    const without = await snapshot(await site.visit(path, { headers: fields }));
    expect(without.status).toBe(status);
    expect(new Headers(without.fields).get("Access-Control-Allow-Origin")).toBe("*");
    expect(new Headers(without.fields).get("Vary") ?? "").not.toMatch(/origin/i);
    for (const headers of [EVIL, { Origin: "null" }])
      expect(await snapshot(await site.visit(path, { headers: { ...fields, ...headers } }))).toEqual(without);
  });
});

describe("a preflight", () => {
  it.each([
    ["a list", LIST],
    ["every origin", { ...PRIVATE, ...HOTLINK }],
  ])("asks no check and B2 for nothing, so it tells nothing of a private file: with %s", async (_, vars) => {
    const site = await createSiteWithToken(vars);
    const paths = ["/cat.jpg", "/private/cat.jpg", "/private/nothing.jpg", "/dog.jpg"];
    const preflights = paths.map((path) =>
      site.browse(path, { method: "OPTIONS", headers: { ...GOOD, ...PREFLIGHT } }),
    );
    const [first, ...others] = await Promise.all((await Promise.all(preflights)).map(snapshot));
    expect(first?.status).toBe(204);
    for (const other of others) expect(other).toEqual(first);
    expect(site.downloads()).toBe(0);
  });

  it("allows another origin nothing", async () => {
    const site = await createSiteWithToken(LIST);
    const response = await site.browse("/cat.jpg", { method: "OPTIONS", headers: { ...EVIL, ...PREFLIGHT } });
    expect([...response.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
    expect(varyOf(response)).toEqual(["origin"]);
  });
});

function varyOf(response: Response): string[] {
  return (response.headers.get("Vary") ?? "").toLowerCase().split(/\s*,\s*/);
}
