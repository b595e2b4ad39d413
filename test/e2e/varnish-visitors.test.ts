import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { signUrl } from "../../src/access/signed-url.ts";
import { type CachedProject, startCachedProject, type VarnishAnswer } from "./varnish/cached-project.ts";
import { isVarnishMissing } from "./varnish/start-varnish.ts";

const KEY = { id: "k1", secret: "0123456789abcdef0123456789abcdef" };
const PRIVATE = { PRIVATE_PREFIXES: "private", URL_SIGNING_KEYS: `${KEY.id}:${KEY.secret}` };
const ORIGINS = { CORS_ALLOW_ORIGINS: "https://a.example, https://b.example" };
const HOTLINK = { ALLOWED_REFERERS: "good.example", ALLOW_EMPTY_REFERER: "false" };
const GOOD = { Referer: "https://good.example/page" };
const CONTENT = "what only some may see";

interface Visitor {
  path: string;
  method?: string;
  headers?: Record<string, string>;
  /** Whether this visitor may see the file. */
  may: boolean;
}

/** Other ways to ask for the same; the answer may then be a part, or none at all. */
const WAYS: Pick<Visitor, "method" | "headers">[] = [
  {},
  { method: "HEAD" },
  { headers: { Range: "bytes=0-3" } },
  { headers: { Range: "bytes=99999-" } },
  { headers: { "If-None-Match": "*" } },
  { headers: { "If-Match": '"x"' } },
  { headers: { Origin: "https://a.example" } },
  { headers: { Origin: "https://b.example" } },
  { headers: { Origin: "https://evil.example" } },
  { headers: { "X-Forwarded-Host": "evil.example" } },
  { headers: { Cookie: "a=b", Authorization: "Bearer x" } },
];

/** The same visitors in other orders, each with a file that no cache knows yet. */
const ORDERS: [string, (visitors: Visitor[]) => Visitor[]][] = [
  ["in order", (visitors) => visitors],
  ["the other way round", (visitors) => visitors.toReversed()],
  ["those who may not first", (visitors) => visitors.toSorted((one, other) => Number(one.may) - Number(other.may))],
  ["each by what it asks", (visitors) => visitors.toSorted((one, other) => keyOf(one).localeCompare(keyOf(other)))],
];

describe.skipIf(isVarnishMissing())("behind a cache that nobody here wrote, mixed visitors", () => {
  describe("of a site with private files and a list of origins", () => {
    const site = useSite({ ...PRIVATE, ...ORIGINS });

    it.each(ORDERS)("get what they may of a private file, and B2 is asked once: %s", async (order, arrange) => {
      const path = site.upload(`private/${order}.txt`);
      const good = await site.sign(path);
      const visitors = everyWay([
        { path: good, may: true },
        { path: `${good}&x=1`, may: true },
        { path: await site.sign(path, 7200), may: true },
        { path, may: false },
        { path: `${path}?x=1`, may: false },
        { path: `/file/images${path}`, may: false },
        { path: `${good}x`, may: false },
        { path: good.replace(/exp=\d/, "exp=9"), may: false },
        { path: await site.sign(path, -1), may: false },
        {
          path: await site.sign("/private/other.txt").then((other) => path + other.slice(other.indexOf("?"))),
          may: false,
        },
      ]);
      expect(await site.visitAll(arrange(visitors))).toBe(1);
    });

    it.each(ORDERS)("read a public file by their origin, and B2 is asked once a cache: %s", async (order, arrange) => {
      const path = site.upload(`public/${order}.txt`);
      const visitors = everyWay(["", "?x=1", "?x=2", "?"].map((query) => ({ path: path + query, may: true })));
      // An address without a query and without an origin has the first cache, all others have the one of Images.
      expect(await site.visitAll(arrange(visitors))).toBe(2);
    });

    it("get what they may when all come at once", async () => {
      const path = site.upload("private/at once.txt");
      const visitors = everyWay([
        { path: await site.sign(path), may: true },
        { path, may: false },
      ]);
      expect(await site.visitAll([...visitors, ...visitors.toReversed()], { atOnce: true })).toBe(1);
    });
  });

  describe("of a site with hotlink protection and private files", () => {
    const site = useSite({ ...PRIVATE, ...HOTLINK });

    it.each(ORDERS)("get what their site may show, and B2 is asked once: %s", async (order, arrange) => {
      const path = site.upload(`public/${order}.txt`);
      const visitors = everyWay([
        { path, headers: GOOD, may: true },
        { path: `${path}?x=1`, headers: GOOD, may: true },
        { path, headers: { Referer: `${site.url()}/page` }, may: true },
        { path, headers: { Referer: "https://evil.example/page" }, may: false },
        { path, headers: { Referer: "https://good.example.evil.tld/" }, may: false },
        { path, may: false },
        { path: `${path}?x=1`, may: false },
      ]);
      expect(await site.visitAll(arrange(visitors))).toBe(1);
    });

    it.each(ORDERS)("of a private file need a signature too: %s", async (order, arrange) => {
      const path = site.upload(`private/${order}.txt`);
      const good = await site.sign(path);
      const visitors = everyWay([
        { path: good, headers: GOOD, may: true },
        { path: good, may: false },
        { path: good, headers: { Referer: "https://evil.example/page" }, may: false },
        { path, headers: GOOD, may: false },
      ]);
      expect(await site.visitAll(arrange(visitors))).toBe(1);
    });
  });
});

function everyWay(visitors: Visitor[]): Visitor[] {
  return visitors.flatMap((visitor) =>
    WAYS.map((way) => ({ ...visitor, ...way, headers: { ...visitor.headers, ...way.headers } })),
  );
}

function keyOf({ method = "GET", headers, path }: Visitor): string {
  return JSON.stringify([method, headers, path]);
}

/** Starts a site for the tests of a `describe`. */
function useSite(vars: Record<string, string>) {
  let cached: CachedProject;
  beforeAll(async () => {
    cached = await startCachedProject(vars);
  });
  afterAll(() => cached?.stop());

  return {
    url: () => cached.url,
    /** Gives the path. */
    upload(fileName: string): string {
      cached.project.b2.put("images", fileName, { content: CONTENT, contentType: "text/plain" });
      return new URL(fileName, "http://x/").pathname;
    },
    /** Gives the path and query of a link. */
    async sign(canonicalPath: string, secondsToLive = 3600): Promise<string> {
      const expiresAtSeconds = Math.floor(Date.now() / 1000) + secondsToLive;
      const link = await signUrl({ baseUrl: cached.url, canonicalPath, preset: "", key: KEY, expiresAtSeconds });
      return link.slice(cached.url.length);
    },
    /** Checks what each visitor gets, and gives how often B2 was asked. */
    async visitAll(visitors: Visitor[], { atOnce = false } = {}): Promise<number> {
      const before = cached.downloads();
      const visit = async (visitor: Visitor) => expectDue(visitor, await cached.ask(visitor.path, visitor), vars);
      if (atOnce) await Promise.all(visitors.map(visit));
      else for (const visitor of visitors) await visit(visitor);
      await cached.settled();
      return cached.downloads() - before;
    },
  };
}

function expectDue(visitor: Visitor, answer: VarnishAnswer, vars: Record<string, string>): void {
  const { method, headers = {}, may } = visitor;
  const { status, text } = answer;
  const who = keyOf(visitor);
  const seen = CONTENT.startsWith(text) ? text : "";
  if (!may) {
    expect([who, status, text.includes(CONTENT), answer.headers.has("ETag")]).toEqual([who, 403, false, false]);
    expect([who, answer.headers.get("Content-Range")]).toEqual([who, null]);
  } else if (method === "HEAD") {
    expect([who, status, seen, answer.headers.get("Content-Length")]).toEqual([who, 200, "", String(CONTENT.length)]);
  } else if (headers.Range === "bytes=0-3") {
    // A cache that keeps nothing for this address may send the whole.
    expect([who, status, seen]).toEqual(status === 206 ? [who, 206, CONTENT.slice(0, 4)] : [who, 200, CONTENT]);
  } else if (headers.Range !== undefined) {
    expect([who, [200, 416].includes(status), seen]).toEqual([who, true, status === 200 ? CONTENT : ""]);
  } else if (headers["If-None-Match"] !== undefined) {
    expect([who, [200, 304].includes(status), seen]).toEqual([who, true, status === 200 ? CONTENT : ""]);
  } else if (headers["If-Match"] !== undefined) {
    expect([who, [200, 412].includes(status), seen]).toEqual([who, true, status === 200 ? CONTENT : ""]);
  } else {
    expect([who, status, seen]).toEqual([who, 200, CONTENT]);
  }
  expect([who, answer.headers.get("Access-Control-Allow-Origin")]).toEqual([who, allowedOrigin(headers.Origin, vars)]);
  for (const name of ["Cloudflare-CDN-Cache-Control", "Cache-Tag"]) expect(answer.headers.has(name)).toBe(false);
  const isKept = answer.headers.get("Cf-Cache-Status") !== "BYPASS";
  expect([who, isKept && (!may || visitor.path.includes("private") || vars.ALLOWED_REFERERS !== undefined)]).toEqual([
    who,
    false,
  ]);
}

function allowedOrigin(origin: string | undefined, vars: Record<string, string>): string | null {
  if (vars.CORS_ALLOW_ORIGINS === undefined) return "*";
  return origin !== undefined && vars.CORS_ALLOW_ORIGINS.split(", ").includes(origin) ? origin : null;
}
