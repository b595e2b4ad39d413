import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Fault } from "../../local-b2/b2/faults.ts";
import { callsOf } from "../support/b2-behind-fetch.ts";
import { contentOf } from "../support/content-of.ts";
import { createRotatingSite, OLD_TOKEN } from "../support/rotating-site.ts";

const NOW = Date.UTC(2026, 10, 24, 18);
const AUTHORIZE = "b2_authorize_account";
const GRANT = "b2_get_download_authorization";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"], now: NOW });
});

describe("one run calls B2 three times at most, and only for what may pass", () => {
  const passing: [string, Omit<Fault, "operation">][] = [
    ["429", { status: 429, code: "too_many_requests" }],
    ["500", { status: 500, code: "internal_error" }],
    ["503 with a short Retry-After", { status: 503, code: "service_unavailable", retryAfterSeconds: 2 }],
    ["a broken connection", { reset: "before" }],
    ["no answer", { stall: true }],
  ];

  it.each(passing)("%s twice is not noticed", async (_, fault) => {
    const site = createRotatingSite();
    site.b2.faults([{ operation: AUTHORIZE, times: 2, ...fault }]);
    expect(await site.run()).toBeUndefined();
    expect(callsOf(site.b2)[AUTHORIZE]).toBe(3);
  });

  it.each(passing)("%s three times fails the run", async (_, fault) => {
    const site = createRotatingSite();
    site.b2.faults([{ operation: GRANT, times: 9, ...fault }]);
    expect(await site.run()).toMatchObject({ step: "download-authorization" });
    expect(callsOf(site.b2)[GRANT]).toBe(3);
  });

  const lasting: [string, Omit<Fault, "operation">][] = [
    ["401", { status: 401, code: "unauthorized" }],
    ["403 of a cap", { status: 403, code: "transaction_cap_exceeded" }],
    ["403", { status: 403, code: "access_denied" }],
    ["an answer that is no JSON", { body: "<html>" }],
    ["a Retry-After of more than a minute", { status: 503, code: "service_unavailable", retryAfterSeconds: 61 }],
  ];

  it.each(lasting)("%s fails it at once", async (_, fault) => {
    const site = createRotatingSite();
    site.b2.faults([{ operation: AUTHORIZE, times: 9, ...fault }]);
    expect(await site.run()).toMatchObject({ step: "authorize" });
    expect(callsOf(site.b2)[AUTHORIZE]).toBe(1);
  });

  it("and waits as long as B2 asks for", async () => {
    const site = createRotatingSite();
    site.b2.faults([{ operation: AUTHORIZE, status: 503, code: "service_unavailable", retryAfterSeconds: 30 }]);
    expect(await site.run()).toBeUndefined();
    expect(site.history()[0]?.durationMs).toBeGreaterThanOrEqual(30_000);
    expect(site.history()[0]?.durationMs).toBeLessThan(33_000);
  });
});

it("a write that KV refuses is tried again, without another mint", async () => {
  const site = createRotatingSite();
  const put = vi.spyOn(site.kv, "put");
  put.mockRejectedValueOnce(new Error("429")).mockRejectedValueOnce(new Error("429"));
  expect(await site.run()).toBeUndefined();
  expect(site.published()).toMatch(/^4_download_/);
  expect(callsOf(site.b2)[AUTHORIZE]).toBe(1);
});

it("a token that B2 refuses is not published when KV cannot tell whether there is a better one", async () => {
  const site = createRotatingSite();
  site.putOldToken(6);
  site.kv.reads = "throws";
  site.b2.faults([{ operation: "b2_download_file_by_name", times: 2, status: 401, code: "unauthorized" }]);
  expect(await site.run()).toMatchObject({ code: "kv-failed" });
  expect(site.published()).toBe(OLD_TOKEN);
});

describe("overlapping and repeated runs", () => {
  it("all work, and what KV holds in the end opens the bucket", async () => {
    vi.useRealTimers();
    const site = createRotatingSite();
    await Promise.all([site.rotate(), site.rotate(), site.rotate(), site.rotate()]);
    await site.rotate();
    const Authorization = site.published() ?? "none";
    const cat = await fetch(`${site.b2.url}/file/images/cat.jpg`, { headers: { Authorization } });
    expect(await contentOf(cat)).toBe("a cat");
    expect(callsOf(site.b2)[AUTHORIZE]).toBe(5);
  });

  it("of which one fails leave the other's token", async () => {
    const site = createRotatingSite();
    site.b2.faults([{ operation: AUTHORIZE, status: 401, code: "unauthorized" }]);
    const outcomes = await Promise.all([site.run(), site.run()]);
    expect(outcomes.filter((error) => error === undefined)).toHaveLength(1);
    expect(site.published()).toMatch(/^4_download_/);
  });
});
