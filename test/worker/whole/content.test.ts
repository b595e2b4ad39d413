import { describe, expect, it } from "vitest";
import { CAT, createFilledSite } from "./answers/filled-site.ts";

describe("content", () => {
  it.each([
    [undefined, 0, 1000],
    ["bytes=0-", 0, 1000],
    ["bytes=10-19", 10, 20],
    ["bytes=-10", 990, 1000],
    ["bytes=990-5000", 990, 1000],
  ])("with Range %s it is bytes %i to %i", async (range, from, to) => {
    const response = await createFilledSite().visit(
      "/cat.jpg",
      range === undefined ? {} : { headers: { Range: range } },
    );
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(CAT.slice(from, to));
  });
});

describe("a problem's body", () => {
  it("is problem+json, in words for the visitor, with the ray id", async () => {
    const response = await createFilledSite().visit("/%zz", { headers: { "CF-Ray": "8f-FRA" } });
    expect(response.headers.get("Content-Type")).toBe("application/problem+json");
    expect(response.headers.get("Vary")).toBe("Accept");
    expect(await response.json()).toEqual({
      type: "about:blank",
      title: "Bad Request",
      status: 400,
      detail: expect.stringMatching(/^The path has a percent sign/),
      instance: "8f-FRA",
    });
  });

  it("is a small page with the ray id when the request prefers HTML", async () => {
    const response = await createFilledSite().visit("/cat.jpg", {
      method: "POST",
      headers: { Accept: "text/html,application/xhtml+xml,*/*;q=0.8", "CF-Ray": "8f-FRA" },
    });
    expect(response.headers.get("Content-Type")).toBe("text/html; charset=utf-8");
    expect(response.headers.get("Content-Security-Policy")).toContain("default-src 'none'");
    const text = await response.text();
    expect(text).toContain("<h1>Method Not Allowed</h1><p>Only these methods are answered here");
    expect(text).toContain("8f-FRA");
  });

  it("never repeats a ray id that is not one", async () => {
    const response = await createFilledSite().visit("/%zz", {
      headers: { Accept: "text/html", "CF-Ray": "<script>" },
    });
    const text = await response.text();
    expect(text).toContain("<h1>Bad Request</h1>");
    expect(text).not.toContain("<script>");
  });
});

it("sends to B2 the token and one range, and nothing else of the client", async () => {
  const site = createFilledSite();
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
