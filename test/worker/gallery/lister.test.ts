import { beforeEach, describe, expect, it, vi } from "vitest";
import { authorizeAccount } from "../../../src/b2/api.ts";
import { createLister, LIST_BUDGET_MS, type Lister } from "../../../src/gallery/lister.ts";
import type { LocalB2 } from "../../local-b2/app.ts";
import { SWITCHES } from "../../local-b2/b2/switches.ts";
import type { LocalB2Options } from "../../local-b2/options.ts";
import { b2BehindFetch, callsOf, MINT_SETTINGS } from "../support/b2-behind-fetch.ts";
import { passMs } from "../support/clock.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const CAP = { status: 403, code: "transaction_cap_exceeded" };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 10, 24, 12) });
});

interface BenchOptions extends LocalB2Options {
  /** Where B2 is reached. */
  apiUrl?: string;
}

interface Bench {
  b2: LocalB2;
  log: string[];
  list: (changes?: Partial<Parameters<Lister>[0]>) => ReturnType<Lister>;
  /** Calls to authorize, and to list. */
  calls(): [number, number];
}

async function createBench({ apiUrl = "https://api.backblazeb2.com", ...options }: BenchOptions = {}): Promise<Bench> {
  const b2 = b2BehindFetch({ files: { "cat.jpg": { content: "a cat" } }, ...options });
  b2.url = apiUrl;
  const settings = { ...MINT_SETTINGS, apiUrl };
  const { buckets } = await authorizeAccount(apiUrl, settings);
  b2.reset();
  const log: string[] = [];
  const list = createLister({
    settings,
    log: (_, event) => log.push(event),
    now: Date.now,
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  });
  const asked = {
    bucketId: buckets?.[0]?.id ?? "",
    prefix: "",
    startFileName: "",
    count: 10,
    withHidden: false,
    ray: undefined,
  };
  return {
    b2,
    log,
    list: (changes) => list({ ...asked, deadline: Date.now() + LIST_BUDGET_MS, ...changes }),
    calls: () => [callsOf(b2).b2_authorize_account ?? 0, callsOf(b2).b2_list_file_names ?? 0],
  };
}

const PAGE = { kind: "page", entries: [{ name: "cat.jpg" }] };

describe("the account token", () => {
  it("is asked for once, and again before it can have ended", async () => {
    const { list, calls } = await createBench();
    for (let n = 0; n < 3; n += 1) expect(await list()).toMatchObject(PAGE);
    expect(calls()).toEqual([1, 3]);
    passMs(19 * HOUR_MS);
    await list();
    expect(calls()).toEqual([1, 4]);
    passMs(2 * HOUR_MS);
    await list();
    expect(calls()).toEqual([2, 5]);
  });

  it("is asked for once by requests that come together", async () => {
    const { list, calls } = await createBench();
    await Promise.all(Array.from({ length: 10 }, () => list()));
    expect(calls()).toEqual([1, 10]);
  });

  it("that is refused is refused to those who wait for it, and asked for again after five seconds", async () => {
    const { b2, list, calls } = await createBench();
    b2.faults([{ operation: "b2_authorize_account", times: 1, status: 401, code: "unauthorized" }]);
    for (const outcome of await Promise.allSettled([list(), list()])) {
      expect(outcome).toMatchObject({ status: "rejected", reason: { code: "unauthorized" } });
    }
    await expect(list()).rejects.toMatchObject({ code: "unauthorized" });
    expect(calls()).toEqual([1, 0]);
    passMs(5_000);
    expect(await list()).toMatchObject(PAGE);
    expect(calls()).toEqual([2, 1]);
  });

  it("that B2 has forgotten is replaced, once", async () => {
    const { b2, list, calls } = await createBench();
    await list();
    b2.expireTokens();
    expect(await list()).toMatchObject(PAGE);
    expect(calls()).toEqual([2, 3]);
    b2.faults([{ operation: "b2_list_file_names", times: 9, status: 401, code: "expired_auth_token" }]);
    await expect(list()).rejects.toMatchObject({ code: "unauthorized" });
    expect(calls()).toEqual([3, 5]);
  });
});

describe("a key that may not list files", () => {
  it("is told as such without a list call, and authorizes once", async () => {
    const { list, calls } = await createBench({ capabilities: ["readFiles", "shareFiles"] });
    for (let n = 0; n < 3; n += 1) expect(await list()).toEqual({ kind: "no-right" });
    expect(calls()).toEqual([1, 0]);
  });

  it.each(SWITCHES.scopeError.positions)("or only elsewhere, is told by B2, with %s", async (scopeError) => {
    const { list, calls } = await createBench({ namePrefix: "photos/", switches: { scopeError } });
    expect(await list()).toEqual({ kind: "no-right" });
    expect(await list({ prefix: "photos/" })).toMatchObject({ kind: "page", entries: [] });
    expect(calls()).toEqual([1, 2]);
  });
});

describe("the allowance", () => {
  it("ends after 100 calls, and one comes back every five minutes", async () => {
    const { list, calls, log } = await createBench();
    for (let n = 0; n < 99; n += 1) expect(await list()).toMatchObject(PAGE);
    expect(log).toEqual([]);
    expect(await list()).toEqual({ kind: "paused", retryAfterSeconds: 300 });
    expect([calls(), log]).toEqual([[1, 99], ["listing.paused"]]);
    passMs(5 * MINUTE_MS);
    expect(await list()).toMatchObject(PAGE);
    expect(await list()).toMatchObject({ kind: "paused" });
    expect(calls()).toEqual([1, 100]);
  });

  it("makes at most 388 calls a day, whatever they meet", async () => {
    const { b2, list, calls } = await createBench();
    b2.faults([{ operation: "b2_authorize_account", times: 10_000, status: 401, code: "unauthorized" }]);
    for (let minute = 0; minute < 24 * 60; minute += 1) {
      await list().catch(() => undefined);
      passMs(MINUTE_MS);
    }
    expect(calls()[0]).toBeGreaterThan(300);
    expect(calls()[0]).toBeLessThanOrEqual(388);
  });

  it("has no end with a B2 on this machine, where no cap is and each look is a call", async () => {
    const { list, calls } = await createBench({ apiUrl: "http://127.0.0.1:8788" });
    for (let n = 0; n < 150; n += 1) expect(await list()).toMatchObject(PAGE);
    expect(calls()).toEqual([1, 150]);
  });

  it("is not spent by what B2 could not answer", async () => {
    const { b2, list, log } = await createBench();
    vi.useFakeTimers({ now: Date.now() });
    b2.faults([{ operation: "b2_list_file_names", times: 150, status: 503, code: "service_unavailable" }]);
    for (let n = 0; n < 50; n += 1) {
      const outcome = list().catch((error: unknown) => error);
      await vi.advanceTimersByTimeAsync(5_000);
      expect(await outcome).toMatchObject({ code: "unavailable" });
    }
    expect(log).toHaveLength(100);
    expect(await list()).toMatchObject(PAGE);
  });
});

describe("after a reached cap", () => {
  it("B2 is left alone for five minutes, then one request asks for all", async () => {
    const { b2, list, calls } = await createBench();
    await list();
    b2.faults([{ operation: "b2_list_file_names", times: 2, ...CAP }]);
    await expect(list()).rejects.toMatchObject({ code: "cap-exceeded" });
    expect(await list()).toEqual({ kind: "paused", retryAfterSeconds: 300 });
    passMs(5 * MINUTE_MS);
    const together = await Promise.allSettled([list(), list(), list()]);
    expect(together.map(({ status }) => status)).toEqual(["rejected", "fulfilled", "fulfilled"]);
    expect(calls()).toEqual([1, 3]);
    passMs(5 * MINUTE_MS);
    expect(await list()).toMatchObject(PAGE);
    expect(await list()).toMatchObject(PAGE);
  });

  it("a probe that meets another fault ends the pause", async () => {
    const { b2, list } = await createBench();
    b2.faults([{ operation: "b2_list_file_names", times: 1, ...CAP }]);
    await expect(list()).rejects.toMatchObject({ code: "cap-exceeded" });
    passMs(5 * MINUTE_MS);
    b2.faults([{ operation: "b2_list_file_names", times: 1, status: 400, code: "bad_request" }]);
    await expect(list()).rejects.toMatchObject({ code: "bad-request" });
    expect(await list()).toMatchObject(PAGE);
  });
});
