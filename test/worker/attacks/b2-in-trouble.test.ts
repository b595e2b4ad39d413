import { beforeEach, describe, expect, it, vi } from "vitest";
import { runAhead } from "../support/clock.ts";
import { createSite, createSiteWithToken, type TestSite } from "../support/site.ts";

const DOWNLOAD = "b2_download_file_by_name";
const NAMES = ["a.jpg", "b.jpg", "c.jpg", "d.jpg", "e.jpg", "f.jpg"];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"], now: Date.UTC(2026, 10, 24, 18) });
});

async function createSiteWithImages(): Promise<TestSite> {
  const site = await runAhead(createSiteWithToken());
  for (const name of NAMES) site.b2.put("images", name, { content: name });
  return site;
}

async function statusOf(site: TestSite, name: string): Promise<[status: number, waitedMs: number]> {
  const startedAt = Date.now();
  const { status } = await runAhead(site.visit(`/${name}`));
  return [status, Date.now() - startedAt];
}

describe("a B2 that hangs", () => {
  async function createHangingSite(): Promise<TestSite> {
    const site = await createSiteWithImages();
    site.b2.faults([{ operation: DOWNLOAD, times: 1000, delayMs: 3_600_000 }]);
    await statusOf(site, "a.jpg");
    await statusOf(site, "b.jpg");
    return site;
  }

  it("holds two visitors for ten seconds, and the next ones not at all", async () => {
    const site = await createSiteWithImages();
    site.b2.faults([{ operation: DOWNLOAD, times: 1000, delayMs: 3_600_000 }]);
    for (const name of ["a.jpg", "b.jpg"]) {
      const [status, waitedMs] = await statusOf(site, name);
      expect([status, waitedMs >= 10_000]).toEqual([504, true]);
    }
    for (const name of NAMES) {
      const response = await site.visit(`/${name}`);
      expect([response.status, Number(response.headers.get("Retry-After")) <= 5]).toEqual([503, true]);
    }
    expect(site.downloads()).toBe(2);
    expect(site.log.lines().filter((line) => line.includes("circuit.opened"))).toHaveLength(1);
  });

  it("is probed by one visitor after the pause, with a HEAD for a file that is not there", async () => {
    const site = await createHangingSite();
    site.advance(5);
    site.b2.requests.length = 0;
    const visits = NAMES.map((name) => site.visit(`/${name}`));
    const statuses = (await runAhead(Promise.all(visits))).map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([503, 503, 503, 503, 503, 504]);
    expect(site.b2.requests.map(({ method }) => method)).toEqual(["HEAD"]);
  });

  it("that answers the probe serves again at once", async () => {
    const site = await createHangingSite();
    site.b2.reset();
    site.advance(5);
    for (const name of NAMES) expect((await statusOf(site, name))[0]).toBe(200);
    expect(site.log.lines().filter((line) => line.includes("circuit.closed"))).toHaveLength(1);
  });
});

it("a B2 that fails is left alone after five visitors, whatever they ask for", async () => {
  const site = await createSiteWithImages();
  site.b2.faults([{ operation: DOWNLOAD, times: 1000, status: 500, code: "internal_error" }]);
  for (const name of ["a.jpg", "b.jpg", "c.jpg", "d.jpg", "e.jpg"]) await statusOf(site, name);
  const before = site.downloads();
  expect((await site.visit("/f.jpg")).status).toBe(503);
  expect(site.downloads()).toBe(before);
});

it("one file that B2 answers with 500, asked for again and again, closes nothing to others", async () => {
  const site = await createSiteWithImages();
  for (let n = 0; n < 10; n += 1) {
    site.b2.faults([{ operation: DOWNLOAD, times: 3, status: 500, code: "internal_error" }]);
    expect((await statusOf(site, "a.jpg"))[0]).toBe(503);
  }
  site.b2.reset();
  expect((await statusOf(site, "b.jpg"))[0]).toBe(200);
});

it.each([
  [1_500, 200],
  [4_000, 504],
])(
  "downloads that take %d ms do not open the circuit of an isolate whose token took ten seconds",
  async (delayMs, status) => {
    const site = createSite();
    for (const name of NAMES) site.b2.put("images", name, { content: name });
    site.b2.faults([
      { operation: "b2_authorize_account", delayMs: 9_500 },
      { operation: DOWNLOAD, times: 1000, delayMs },
    ]);
    const visits = NAMES.slice(0, 3).map((name) => statusOf(site, name));
    expect(await Promise.all(visits)).toEqual(Array(3).fill([status, expect.any(Number)]));
    for (const [, waitedMs] of await Promise.all(visits)) expect(waitedMs).toBeLessThan(18_000);
    expect((await statusOf(site, "f.jpg"))[0]).toBe(200);
  },
);
