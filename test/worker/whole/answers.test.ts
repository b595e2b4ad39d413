import { reset } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { policyOf } from "../support/cache-policy.ts";
import type { TestSite } from "../support/site.ts";
import { createFilledSite } from "./answers/filled-site.ts";
import { GET_ANSWERS } from "./answers/get-answers.ts";
import { OTHER_ANSWERS } from "./answers/other-answers.ts";
import { NOT_STORED, type Row } from "./answers/row.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 10, 24, 12) });
});

function siteOf(row: Row): TestSite {
  const site = createFilledSite(row.vars);
  row.before?.(site);
  return site;
}

describe("what each kind of answer says of itself", () => {
  it.each([...GET_ANSWERS, ...OTHER_ANSWERS])("$status for $what", async (row) => {
    const response = await siteOf(row).visit(row.path, row.init);
    expect(cachingOf(response)).toEqual({ status: row.status, browser: row.browser, edge: row.edge });
    for (const [name, value] of Object.entries(row.fields ?? {}))
      expect([name, response.headers.get(name)]).toEqual([name, value]);
    const strangers = [...response.headers.keys()].filter((name) => /^x-bz|^server$|^expires$|^set-cookie$/.test(name));
    expect(strangers).toEqual([]);
  });

  it("504 for a B2 that does not answer within 10 seconds", async () => {
    const response = await visitStalled("GET");
    expect(cachingOf(response)).toEqual({ status: 504, ...NOT_STORED });
    expect(response.headers.get("Retry-After")).toBe("30");
    expect(isStorable(response)).toBe(false);
  });

  it("200 for health", async () => {
    const response = await createFilledSite().visit("/-/health");
    expect(cachingOf(response)).toMatchObject(NOT_STORED);
    expect(isStorable(response)).toBe(false);
    expect(response.headers.get("Content-Security-Policy")).toContain("default-src 'none'");
  });

  it.each(["POST", "DELETE", "OPTIONS"])("405 for %s of health, which may be read alone", async (method) => {
    const response = await createFilledSite().visit("/-/health", { method });
    expect(cachingOf(response)).toEqual({ status: 405, ...NOT_STORED });
    expect(response.headers.get("Allow")).toBe("GET, HEAD");
  });
});

describe("a cache of RFC 9111", () => {
  it.each([...GET_ANSWERS, ...OTHER_ANSWERS])("may store $status for $what only if it is whole", async (row) => {
    const response = await siteOf(row).visit(row.path, row.init);
    const isWhole = (row.status === 200 || row.status === 404) && row.edge !== NOT_STORED.edge;
    expect(isStorable(response)).toBe(isWhole);
    if (!isWhole) return;
    const seconds = Number(/max-age=(\d+)/.exec(row.edge)?.[1]);
    expect(policyOf(response).maxAge()).toBe(seconds);
  });

  it.each(GET_ANSWERS)("in front of the Worker answers $status for $what a second time as it was told", async (row) => {
    const site = siteOf(row);
    const first = await site.browse(row.path, row.init);
    const second = await site.browse(row.path, row.init);
    expect([first.status, second.status]).toEqual([row.status, row.status]);
    const isKept = row.edge !== NOT_STORED.edge && row.status !== 304;
    expect(site.cache.runs).toBe(isKept ? 1 : 2);
  });
});

describe("HEAD is answered with the status and the fields of GET, and without content", () => {
  it.each(GET_ANSWERS)("$status for $what", async (row) => {
    const get = await siteOf(row).visit(row.path, row.init);
    // A site of its own, whose B2 knows nothing of the other one's token.
    await reset();
    const head = await siteOf(row).visit(row.path, { ...row.init, method: "HEAD" });
    await expectParity(head, get);
  });

  it("504 for a B2 that does not answer within 10 seconds", async () => {
    await expectParity(await visitStalled("HEAD"), await visitStalled("GET"));
  });

  it("a range means nothing to it (RFC 9110 §14.2)", async () => {
    const site = createFilledSite();
    const plain = await site.visit("/cat.jpg", { method: "HEAD" });
    for (const range of ["bytes=0-9", "bytes=5000-"]) {
      const head = await site.visit("/cat.jpg", { method: "HEAD", headers: { Range: range } });
      expect([head.status, Object.fromEntries(head.headers)]).toEqual([200, Object.fromEntries(plain.headers)]);
    }
  });
});

async function visitStalled(method: string): Promise<Response> {
  const site = createFilledSite();
  await site.visit("/cat.jpg");
  vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"] });
  site.b2.faults([{ operation: "b2_download_file_by_name", stall: true }]);
  const visit = site.visit("/cat.jpg", { method });
  await vi.advanceTimersByTimeAsync(10_001);
  return await visit;
}

async function expectParity(head: Response, get: Response): Promise<void> {
  expect(head.status).toBe(get.status);
  expect(Object.fromEntries(head.headers)).toEqual(Object.fromEntries(get.headers));
  expect((await head.arrayBuffer()).byteLength).toBe(0);
}

function isStorable(response: Response): boolean {
  return policyOf(response).storable();
}

function cachingOf(response: Response) {
  return {
    status: response.status,
    browser: response.headers.get("Cache-Control"),
    edge: response.headers.get("Cloudflare-CDN-Cache-Control"),
  };
}
