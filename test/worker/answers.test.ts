import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createSite, type Site } from "./site.ts";

const CAT = new Uint8Array(1000).map((_, index) => index % 251);
const IMAGE_BROWSER = "public, max-age=86400";
const IMAGE_EDGE = "public, max-age=604800, stale-while-revalidate=86400, stale-if-error=604800";
const NO_STORE = "no-store";
const MISSING_BROWSER = "public, max-age=60";
const MISSING_EDGE = "public, max-age=60, stale-if-error=0";

beforeEach(async () => {
  await reset();
  vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 10, 24, 12) });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

function siteWithCat(vars = {}): Site {
  const site = createSite(vars);
  site.b2.put("images", "cat.jpg", { content: CAT, contentType: "image/jpeg" });
  site.b2.put("images", "empty.bin", { content: "", contentType: "application/octet-stream" });
  site.b2.put("images", "own.jpg", { content: CAT, contentType: "image/jpeg", cacheControl: "public, max-age=5" });
  site.b2.put("images", "secret.jpg", { content: CAT, contentType: "image/jpeg", cacheControl: "private, max-age=5" });
  site.b2.put("images", "drawing.svg", { content: "<svg/>", contentType: "image/svg+xml" });
  site.b2.put("images", "index.html", { content: "<p>hello", contentType: "text/html" });
  return site;
}

interface Row {
  what: string;
  path: string;
  init?: RequestInit;
  vars?: Record<string, unknown>;
  before?: (site: Site) => void;
  status: number;
  browser: string;
  edge: string;
  fields?: Record<string, string | null>;
}

function failing(fault: { status: number; code?: string; retryAfterSeconds?: number }): (site: Site) => void {
  return (site) => site.b2.faults([{ operation: "b2_download_file_by_name", times: 100, ...fault }]);
}

const GET_ANSWERS: Row[] = [
  {
    what: "an image",
    path: "/cat.jpg",
    status: 200,
    browser: IMAGE_BROWSER,
    edge: IMAGE_EDGE,
    fields: {
      "Content-Type": "image/jpeg",
      "Content-Length": "1000",
      "Accept-Ranges": "bytes",
      "Last-Modified": "Tue, 24 Nov 2026 12:00:00 GMT",
      "X-Content-Type-Options": "nosniff",
      "Cross-Origin-Resource-Policy": "cross-origin",
      "Timing-Allow-Origin": "*",
      "Access-Control-Allow-Origin": "*",
      "Access-Control-Expose-Headers": "ETag, Content-Length, Content-Range, Accept-Ranges",
      "Content-Security-Policy": null,
      Vary: null,
    },
  },
  {
    what: "an empty file",
    path: "/empty.bin",
    status: 200,
    browser: IMAGE_BROWSER,
    edge: IMAGE_EDGE,
    fields: { "Content-Length": "0" },
  },
  {
    what: "a file with its own Cache-Control",
    path: "/own.jpg",
    status: 200,
    browser: "public, max-age=5",
    edge: IMAGE_EDGE,
  },
  {
    what: "a file whose own Cache-Control says private",
    path: "/secret.jpg",
    status: 200,
    browser: IMAGE_BROWSER,
    edge: IMAGE_EDGE,
  },
  {
    what: "an SVG, which can run script",
    path: "/drawing.svg",
    status: 200,
    browser: IMAGE_BROWSER,
    edge: IMAGE_EDGE,
    fields: {
      "Content-Security-Policy": "sandbox; default-src 'none'; img-src *; media-src *; style-src 'unsafe-inline'",
    },
  },
  {
    what: "the index file",
    path: "/",
    vars: { INDEX_FILE: "index.html" },
    status: 200,
    browser: IMAGE_BROWSER,
    edge: IMAGE_EDGE,
    fields: { "Content-Type": "text/html" },
  },
  { what: "a foreign query", path: "/cat.jpg?utm_source=x", status: 200, browser: IMAGE_BROWSER, edge: IMAGE_EDGE },
  { what: "an odd encoding", path: "/%63at.jpg", status: 200, browser: IMAGE_BROWSER, edge: IMAGE_EDGE },
  {
    what: "the form of B2's links",
    path: "/file/images/cat.jpg",
    status: 200,
    browser: IMAGE_BROWSER,
    edge: IMAGE_EDGE,
  },
  {
    what: "other lifetimes",
    path: "/cat.jpg",
    vars: {
      BROWSER_MAX_AGE_SECONDS: "1",
      EDGE_MAX_AGE_SECONDS: 2,
      EDGE_STALE_WHILE_REVALIDATE_SECONDS: "3",
      EDGE_STALE_IF_ERROR_SECONDS: 4,
    },
    status: 200,
    browser: "public, max-age=1",
    edge: "public, max-age=2, stale-while-revalidate=3, stale-if-error=4",
  },
  {
    what: "an image that did not change",
    path: "/cat.jpg",
    init: { headers: { "If-Modified-Since": "Tue, 24 Nov 2026 12:00:00 GMT" } },
    status: 304,
    browser: IMAGE_BROWSER,
    edge: IMAGE_EDGE,
    fields: { "Last-Modified": "Tue, 24 Nov 2026 12:00:00 GMT", "Content-Type": null, "Content-Length": null },
  },
  {
    what: "a precondition that fails",
    path: "/cat.jpg",
    init: { headers: { "If-Match": '"other"' } },
    status: 412,
    browser: NO_STORE,
    edge: NO_STORE,
    fields: { ETag: null },
  },
  { what: "bad percent-encoding", path: "/%zz", status: 400, browser: NO_STORE, edge: NO_STORE },
  { what: "a missing file", path: "/dog.jpg", status: 404, browser: MISSING_BROWSER, edge: MISSING_EDGE },
  {
    what: "a missing file with a query",
    path: "/dog.jpg?v=1",
    status: 404,
    browser: MISSING_BROWSER,
    edge: MISSING_EDGE,
  },
  { what: "a folder without INDEX_FILE", path: "/", status: 404, browser: MISSING_BROWSER, edge: MISSING_EDGE },
  { what: "another bucket", path: "/file/others/cat.jpg", status: 404, browser: MISSING_BROWSER, edge: MISSING_EDGE },
  {
    what: "a missing file, with another lifetime",
    path: "/dog.jpg",
    vars: { NOT_FOUND_MAX_AGE_SECONDS: "5" },
    status: 404,
    browser: "public, max-age=5",
    edge: "public, max-age=5, stale-if-error=0",
  },
  {
    what: "a missing file with NOT_FOUND_FILE",
    path: "/dog.jpg",
    vars: { NOT_FOUND_FILE: "index.html" },
    status: 404,
    browser: MISSING_BROWSER,
    edge: MISSING_EDGE,
    fields: {
      "Content-Type": "text/html",
      "Content-Length": "8",
      ETag: null,
      "Last-Modified": null,
      "Accept-Ranges": null,
    },
  },
  {
    what: "a NOT_FOUND_FILE that is missing too",
    path: "/dog.jpg",
    vars: { NOT_FOUND_FILE: "nowhere.html" },
    status: 404,
    browser: MISSING_BROWSER,
    edge: MISSING_EDGE,
    fields: { "Content-Type": "application/problem+json" },
  },
  {
    what: "an address over the limit",
    path: "/cat.jpg",
    init: { headers: { "CF-Connecting-IP": "192.0.2.1" } },
    vars: { MISS_LIMITER: { limit: async () => ({ success: false }) } },
    status: 429,
    browser: NO_STORE,
    edge: NO_STORE,
    fields: { "Retry-After": "60" },
  },
  {
    what: "settings that do not parse",
    path: "/cat.jpg",
    vars: { EDGE_MAX_AGE_SECONDS: "soon" },
    status: 500,
    browser: NO_STORE,
    edge: NO_STORE,
  },
  {
    what: "B2 denying access",
    path: "/cat.jpg",
    before: failing({ status: 403, code: "access_denied" }),
    status: 502,
    browser: NO_STORE,
    edge: NO_STORE,
  },
  {
    what: "B2 refusing every token",
    path: "/cat.jpg",
    before: failing({ status: 401, code: "unauthorized" }),
    status: 502,
    browser: NO_STORE,
    edge: NO_STORE,
  },
  {
    what: "B2 finding the request bad",
    path: "/cat.jpg",
    before: failing({ status: 400, code: "bad_request" }),
    status: 502,
    browser: NO_STORE,
    edge: NO_STORE,
  },
  {
    what: "a cap of the account",
    path: "/cat.jpg",
    before: failing({ status: 403, code: "download_cap_exceeded" }),
    status: 503,
    browser: NO_STORE,
    edge: NO_STORE,
    fields: { "Retry-After": "43200" },
  },
  {
    what: "another cap of the account",
    path: "/cat.jpg",
    before: failing({ status: 403, code: "transaction_cap_exceeded" }),
    status: 503,
    browser: NO_STORE,
    edge: NO_STORE,
    fields: { "Retry-After": "43200" },
  },
  {
    what: "B2 being busy",
    path: "/cat.jpg",
    before: failing({ status: 503, code: "service_unavailable", retryAfterSeconds: 77 }),
    status: 503,
    browser: NO_STORE,
    edge: NO_STORE,
    fields: { "Retry-After": "77" },
  },
  {
    what: "too many requests to B2",
    path: "/cat.jpg",
    before: failing({ status: 429, code: "too_many_requests", retryAfterSeconds: 78 }),
    status: 503,
    browser: NO_STORE,
    edge: NO_STORE,
    fields: { "Retry-After": "78" },
  },
  { what: "a route that does not exist", path: "/-/nothing", status: 404, browser: NO_STORE, edge: NO_STORE },
];

const OTHER_ANSWERS: Row[] = [
  {
    what: "part of an image",
    path: "/cat.jpg",
    init: { headers: { Range: "bytes=10-19" } },
    status: 206,
    browser: IMAGE_BROWSER,
    edge: IMAGE_EDGE,
    fields: { "Content-Range": "bytes 10-19/1000", "Content-Length": "10" },
  },
  {
    what: "all of an image as a range",
    path: "/cat.jpg",
    init: { headers: { Range: "bytes=0-" } },
    status: 206,
    browser: IMAGE_BROWSER,
    edge: IMAGE_EDGE,
    fields: { "Content-Range": "bytes 0-999/1000", "Content-Length": "1000" },
  },
  {
    what: "the end of an image",
    path: "/cat.jpg",
    init: { headers: { Range: "bytes=-10" } },
    status: 206,
    browser: IMAGE_BROWSER,
    edge: IMAGE_EDGE,
    fields: { "Content-Range": "bytes 990-999/1000", "Content-Length": "10" },
  },
  {
    what: "more than an image from its end",
    path: "/cat.jpg",
    init: { headers: { Range: "bytes=-5000" } },
    status: 206,
    browser: IMAGE_BROWSER,
    edge: IMAGE_EDGE,
    fields: { "Content-Range": "bytes 0-999/1000" },
  },
  {
    what: "part of an image with a query",
    path: "/cat.jpg?x=1",
    init: { headers: { Range: "bytes=10-19" } },
    status: 206,
    browser: IMAGE_BROWSER,
    edge: IMAGE_EDGE,
    fields: { "Content-Range": "bytes 10-19/1000" },
  },
  {
    what: "several ranges",
    path: "/cat.jpg",
    init: { headers: { Range: "bytes=0-1,3-4" } },
    status: 200,
    browser: IMAGE_BROWSER,
    edge: IMAGE_EDGE,
    fields: { "Content-Range": null },
  },
  {
    what: "a range in another unit",
    path: "/cat.jpg",
    init: { headers: { Range: "lines=0-1" } },
    status: 200,
    browser: IMAGE_BROWSER,
    edge: IMAGE_EDGE,
  },
  {
    what: "a range behind the end",
    path: "/cat.jpg",
    init: { headers: { Range: "bytes=1000-" } },
    status: 416,
    browser: NO_STORE,
    edge: NO_STORE,
    fields: { "Content-Range": "bytes */1000" },
  },
  {
    what: "a range of nothing",
    path: "/cat.jpg",
    init: { headers: { Range: "bytes=-0" } },
    status: 416,
    browser: NO_STORE,
    edge: NO_STORE,
    fields: { "Content-Range": "bytes */1000" },
  },
  {
    what: "a range of an empty file",
    path: "/empty.bin",
    init: { headers: { Range: "bytes=0-0" } },
    status: 416,
    browser: NO_STORE,
    edge: NO_STORE,
    fields: { "Content-Range": "bytes */0" },
  },
  {
    what: "a range of a missing file",
    path: "/dog.jpg",
    init: { headers: { Range: "bytes=0-0" } },
    status: 404,
    browser: MISSING_BROWSER,
    edge: MISSING_EDGE,
  },
  {
    what: "a range of another version",
    path: "/cat.jpg",
    init: { headers: { Range: "bytes=0-1", "If-Range": '"old"' } },
    status: 200,
    browser: IMAGE_BROWSER,
    edge: IMAGE_EDGE,
    fields: { "Content-Range": null, "Content-Length": "1000" },
  },
  {
    what: "a range behind the end of another version",
    path: "/cat.jpg",
    init: { headers: { Range: "bytes=1000-", "If-Range": '"old"' } },
    status: 200,
    browser: IMAGE_BROWSER,
    edge: IMAGE_EDGE,
  },
  {
    what: "a precondition before a range behind the end",
    path: "/cat.jpg",
    init: { headers: { Range: "bytes=1000-", "If-None-Match": "*" } },
    status: 304,
    browser: IMAGE_BROWSER,
    edge: IMAGE_EDGE,
  },
  {
    what: "POST",
    path: "/cat.jpg",
    init: { method: "POST" },
    status: 405,
    browser: NO_STORE,
    edge: NO_STORE,
    fields: { Allow: "GET, HEAD, OPTIONS" },
  },
  {
    what: "DELETE of a name that cannot be",
    path: "/%zz",
    init: { method: "DELETE" },
    status: 405,
    browser: NO_STORE,
    edge: NO_STORE,
  },
  {
    what: "a preflight",
    path: "/cat.jpg",
    init: { method: "OPTIONS", headers: { Origin: "https://a.example", "Access-Control-Request-Method": "GET" } },
    status: 204,
    browser: NO_STORE,
    edge: NO_STORE,
    fields: { "Access-Control-Allow-Origin": "*" },
  },
];

describe("what each kind of answer says of itself", () => {
  it.each([...GET_ANSWERS, ...OTHER_ANSWERS])("$status for $what", async (row) => {
    const site = siteWithCat(row.vars);
    row.before?.(site);
    const response = await site.visit(row.path, row.init);
    expect(fieldsOf(response)).toMatchObject(cachingOf(row));
    for (const [name, value] of Object.entries(row.fields ?? {}))
      expect([name, response.headers.get(name)]).toEqual([name, value]);
    const strangers = [...response.headers.keys()].filter((name) => /^x-bz|^server$|^expires$|^set-cookie$/.test(name));
    expect(strangers).toEqual([]);
  });

  it("health is in no cache", async () => {
    const response = await createSite().visit("/-/health");
    expect([response.headers.get("Cache-Control"), response.headers.get("Cloudflare-CDN-Cache-Control")]).toEqual([
      NO_STORE,
      NO_STORE,
    ]);
  });
});

describe("HEAD is answered with the status and the fields of GET, and without content", () => {
  it.each(GET_ANSWERS)("$status for $what", async (row) => {
    const site = siteWithCat(row.vars);
    row.before?.(site);
    const get = await site.visit(row.path, row.init);
    // A site of its own: the second answer of one that refuses tokens is another.
    const sibling = siteWithCat(row.vars);
    row.before?.(sibling);
    const head = await sibling.visit(row.path, { ...row.init, method: "HEAD" });
    expect(head.status).toBe(get.status);
    expect(Object.fromEntries(head.headers)).toEqual(Object.fromEntries(get.headers));
    expect((await head.arrayBuffer()).byteLength).toBe(0);
  });

  it("a range means nothing to it (RFC 9110 §14.2)", async () => {
    const site = siteWithCat();
    const plain = await site.visit("/cat.jpg", { method: "HEAD" });
    for (const range of ["bytes=0-9", "bytes=5000-"]) {
      const head = await site.visit("/cat.jpg", { method: "HEAD", headers: { Range: range } });
      expect([head.status, Object.fromEntries(head.headers)]).toEqual([200, Object.fromEntries(plain.headers)]);
    }
  });
});

describe("content", () => {
  it.each([
    [undefined, 0, 1000],
    ["bytes=0-", 0, 1000],
    ["bytes=10-19", 10, 20],
    ["bytes=-10", 990, 1000],
    ["bytes=990-5000", 990, 1000],
  ])("with Range %s it is bytes %i to %i", async (range, from, to) => {
    const response = await siteWithCat().visit("/cat.jpg", range === undefined ? {} : { headers: { Range: range } });
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(CAT.slice(from, to));
  });
});

describe("a problem's body", () => {
  it("is problem+json, in words for the visitor, with the ray id", async () => {
    const response = await siteWithCat().visit("/dog.jpg", { headers: { "CF-Ray": "8f-FRA" } });
    expect(response.headers.get("Content-Type")).toBe("application/problem+json");
    expect(response.headers.get("Vary")).toBe("Accept");
    expect(await response.json()).toEqual({
      type: "about:blank",
      title: "Not Found",
      status: 404,
      detail: "There is no such file here.",
      instance: "8f-FRA",
    });
  });

  it("is a small page when the request prefers HTML", async () => {
    const response = await siteWithCat().visit("/dog.jpg", {
      headers: { Accept: "text/html,application/xhtml+xml,*/*;q=0.8" },
    });
    expect(response.headers.get("Content-Type")).toBe("text/html; charset=utf-8");
    expect(response.headers.get("Content-Security-Policy")).toContain("default-src 'none'");
    expect(await response.text()).toContain("<h1>Not Found</h1><p>There is no such file here.</p>");
  });

  it("never repeats a ray id that is not one", async () => {
    const response = await siteWithCat().visit("/dog.jpg", { headers: { Accept: "text/html", "CF-Ray": "<script>" } });
    expect(await response.text()).not.toContain("<script>");
  });
});

it("sends to B2 the token and one range, and nothing else of the client", async () => {
  const site = siteWithCat();
  const headers = {
    Range: "bytes=0-9",
    Cookie: "a=b",
    Authorization: "Bearer x",
    "Accept-Encoding": "br",
    "CF-Connecting-IP": "192.0.2.1",
    "If-None-Match": '"x"',
    "User-Agent": "x",
    "X-Bz-Test-Mode": "force_cap_exceeded",
    Referer: "https://a.example/",
  };
  expect((await site.visit("/cat.jpg?x=1", { headers })).status).toBe(206);
  expect((await site.visit("/cat.jpg", { headers })).status).toBe(206);
  const sent = site.b2.requests
    .filter(({ method }) => method === "GET")
    .map((request) => Object.keys(request.headers).sort());
  expect(sent).toEqual([
    ["authorization", "range"],
    ["authorization", "range"],
  ]);
});

function fieldsOf(response: Response) {
  return {
    status: response.status,
    browser: response.headers.get("Cache-Control"),
    edge: response.headers.get("Cloudflare-CDN-Cache-Control"),
  };
}

function cachingOf({ status, browser, edge }: Row) {
  return { status, browser, edge };
}
