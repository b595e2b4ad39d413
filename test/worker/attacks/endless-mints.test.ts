import { beforeEach, describe, expect, it, vi } from "vitest";
import type { LocalB2 } from "../../local-b2/app.ts";
import { callsOf } from "../support/b2-behind-fetch.ts";
import { passMs } from "../support/clock.ts";
import { createFaultyKvSite, type FaultyKvSite, type Visitor } from "../support/site.ts";

const HOUR_SECONDS = 3600;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 10, 24, 12) });
});

/** B2 answers 401 to downloads of these names; to the trial of a new token, which asks for a file that is not there, 404. */
function refuseDownloads(b2: LocalB2, isRefused: (path: string) => boolean, code = "bad_auth_token"): void {
  vi.stubGlobal("fetch", async (input: RequestInfo, init?: RequestInit) => {
    const request = new Request(input, init);
    const { pathname } = new URL(request.url);
    const isDownload = pathname.startsWith("/file/") && !pathname.includes("/b2-image-worker-trial/");
    if (!isDownload || !isRefused(pathname)) return await b2.fetch(request);
    const body = request.method === "HEAD" ? null : JSON.stringify({ status: 401, code, message: "no" });
    return new Response(body, { status: 401 });
  });
}

/** A site whose token is an hour old, and one of its isolates, which has used it. */
async function createUsedSite(): Promise<FaultyKvSite & { visitAgain: Visitor }> {
  const site = createFaultyKvSite();
  const visitAgain = site.startIsolate();
  await visitAgain();
  passMs(HOUR_SECONDS * 1000);
  site.b2.reset();
  return { ...site, visitAgain };
}

function mints({ b2 }: FaultyKvSite): number {
  return callsOf(b2).b2_get_download_authorization ?? 0;
}

/** Visits at an interval of `every` seconds. Gives the seconds at which something was minted. */
async function mintsWhile(
  site: FaultyKvSite,
  { seconds, every, visit }: { seconds: number; every: number; visit: () => Promise<unknown> },
): Promise<number[]> {
  const minted: number[] = [];
  for (let at = 0; at < seconds; at += every) {
    const before = mints(site);
    await visit();
    for (let n = before; n < mints(site); n += 1) minted.push(at);
    passMs(every * 1000);
  }
  return minted;
}

describe("B2 gives tokens that no download takes, and their trials are good", () => {
  it("an isolate mints one, then one in two minutes, five in all, and then one in half an hour", async () => {
    const site = await createUsedSite();
    refuseDownloads(site.b2, () => true);
    const minted = await mintsWhile(site, { seconds: 2 * HOUR_SECONDS, every: 10, visit: () => site.visitAgain() });
    expect(minted).toEqual([0, 120, 240, 360, 480, 1800, 3600, 5400]);
  });

  it("while KV cannot be read an isolate minds its own back-off: a new token that is refused counts as a failed mint", async () => {
    const site = await createUsedSite();
    site.kv.reads = "throws";
    refuseDownloads(site.b2, () => true);
    const minted = await mintsWhile(site, { seconds: 80, every: 1, visit: () => site.visitAgain() });
    expect(minted).toEqual([0, 5, 15, 35, 75]);
  });

  it("many isolates together mint little more than one: KV tells them of it", async () => {
    const site = await createUsedSite();
    const visitors = Array.from({ length: 30 }, () => site.startIsolate());
    for (const visit of visitors) await visit();
    refuseDownloads(site.b2, () => true);
    const visitAll = async () => {
      for (const visit of visitors) await visit();
    };
    expect(await mintsWhile(site, { seconds: 600, every: 10, visit: visitAll })).toEqual([0, 120, 240, 360, 480]);
  });

  it("a visitor is told to come again, and when", async () => {
    const site = await createUsedSite();
    refuseDownloads(site.b2, () => true);
    expect((await site.visitAgain()).status).toBe(502);
    const told: unknown[] = [];
    for (let n = 0; n < 2; n += 1) {
      passMs(4_000);
      const response = await site.visitAgain();
      told.push([response.status, response.headers.get("Retry-After")]);
    }
    // First when KV is looked at again, then when the token in KV is old enough for another mint.
    expect(told).toEqual([
      [503, "1"],
      [503, "112"],
    ]);
  });
});

describe("B2 refuses one name alone, and somebody asks for it again and again", () => {
  it("costs few mints and writes, and KV is read as seldom as in a pause; everybody else is served", async () => {
    const site = await createUsedSite();
    refuseDownloads(site.b2, (path) => path.endsWith("/odd.jpg"));
    site.kv.readLog.length = 0;
    site.kv.writeLog.length = 0;
    let odd = 0;
    const minted = await mintsWhile(site, {
      seconds: 1800,
      every: 2,
      visit: async () => {
        if ((await site.visitAgain("/odd.jpg")).status >= 500) odd += 1;
        expect((await site.visitAgain()).status).toBe(200);
      },
    });
    expect(odd).toBe(900);
    expect(minted).toHaveLength(5);
    expect(site.kv.writeLog).toHaveLength(5);
    // Two in 5 s: one for the odd name, and one for the other names, since the odd one made the isolate drop its token.
    expect(site.kv.readLog.length).toBeLessThanOrEqual((2 * 1800) / 5);
  });

  it("with HEAD, whose answer has no code, costs no more", async () => {
    const site = await createUsedSite();
    refuseDownloads(site.b2, (path) => path.endsWith("/odd.jpg"));
    const minted = await mintsWhile(site, {
      seconds: 1800,
      every: 10,
      visit: async () => {
        expect((await site.visitAgain("/odd.jpg", { method: "HEAD" })).ok).toBe(false);
        expect((await site.visitAgain()).status).toBe(200);
      },
    });
    expect(minted).toHaveLength(5);
  });

  it("by the code that says what a token may not open, while it opens others: nothing is minted, and it is 502", async () => {
    const site = await createUsedSite();
    refuseDownloads(site.b2, (path) => path.endsWith("/odd.jpg"), "unauthorized");
    await site.visitAgain();
    site.kv.readLog.length = 0;
    for (let n = 0; n < 50; n += 1) {
      expect((await site.visitAgain("/odd.jpg")).status).toBe(502);
      expect((await site.visitAgain()).status).toBe(200);
    }
    expect([mints(site), site.kv.readLog.length]).toEqual([0, 0]);
    expect(site.log.lines().join("\n")).toContain("does the key still have readFiles and shareFiles");
  });
});

it("a token that says unauthorized to all files is replaced a minute after its last success", async () => {
  const site = await createUsedSite();
  await site.visitAgain();
  const first = site.b2.requests.at(-1)?.headers.authorization;
  vi.stubGlobal("fetch", async (input: RequestInfo, init?: RequestInit) => {
    const request = new Request(input, init);
    if (request.headers.get("Authorization") !== first) return await site.b2.fetch(request);
    return Response.json({ status: 401, code: "unauthorized", message: "no" }, { status: 401 });
  });
  expect((await site.visitAgain()).status).toBe(502);
  passMs(61_000);
  expect((await site.visitAgain()).status).toBe(200);
});
