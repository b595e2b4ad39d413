import { beforeEach, describe, expect, it, vi } from "vitest";
import { createLog, type Log } from "../../src/log.ts";
import { type CollectedLog, collectLog } from "./support/collected-log.ts";
import { createListedSite } from "./support/listed-site.ts";
import { createSiteWithToken } from "./support/site.ts";

const MINUTE_MS = 60_000;
let now = 0;
let log: Log;
let written: CollectedLog;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
  now = 1_000_000;
  log = createLog(() => now);
  written = collectLog();
});

it("an event is one JSON line on the console, at its level", () => {
  log("warn", "download.retry", { ray: "8f-FRA", file: "cat.jpg", advice: undefined });
  log("info", "circuit.closed");
  expect(written.lines()).toEqual([
    '{"event":"download.retry","ray":"8f-FRA","file":"cat.jpg"}',
    '{"event":"circuit.closed"}',
  ]);
  expect(written.events().map(({ level }) => level)).toEqual(["warn", "info"]);
});

describe("a flood of lines that differ only in request and file", () => {
  function flood(lines: number): void {
    for (let n = 0; n < lines; n += 1)
      log("error", "download.failed", { ray: `r${n}`, file: `${n}.jpg`, error: "gone" });
  }

  it("is ten lines a minute, and one that tells how many more there were", () => {
    flood(1_000);
    expect(written.lines()).toHaveLength(10);
    expect(written.events()[9]).toMatchObject({ ray: "r9", file: "9.jpg" });
    now += MINUTE_MS;
    flood(1_000);
    expect(written.lines()).toHaveLength(21);
    expect(written.events()[10]).toEqual({ level: "error", event: "download.failed", error: "gone", repeats: 990 });
  });

  it("is told when another event comes first, and once", () => {
    flood(12);
    now += 10 * MINUTE_MS;
    log("info", "circuit.closed");
    now += MINUTE_MS;
    log("info", "circuit.closed");
    const repeats = written.events().filter((event) => "repeats" in event);
    expect(repeats).toEqual([{ level: "error", event: "download.failed", error: "gone", repeats: 2 }]);
  });

  it("is not told while its minute lasts, or when nothing was left out", () => {
    flood(10);
    now += MINUTE_MS - 1;
    flood(0);
    log("info", "circuit.closed");
    now += 1;
    log("info", "circuit.closed");
    expect(written.lines()).toHaveLength(12);
    expect(written.lines().join()).not.toContain("repeats");
  });

  it("does not hide another cause, another level or another event", () => {
    flood(1_000);
    log("error", "download.failed", { ray: "x", file: "x.jpg", error: "forbidden" });
    log("warn", "download.failed", { ray: "x", file: "x.jpg", error: "gone" });
    log("error", "token.refused", { ray: "x", file: "x.jpg", error: "gone" });
    expect(written.lines()).toHaveLength(13);
  });
});

it("lines that all differ are bounded too: after a hundred kinds an event is of one kind, whatever it says", () => {
  for (let n = 0; n < 10_000; n += 1) log("error", "request.failed", { error: `Error: ${n}` });
  expect(written.lines()).toHaveLength(110);
  now += MINUTE_MS;
  log("info", "circuit.closed");
  expect(written.events().at(-2)).toEqual({ level: "error", event: "request.failed", repeats: 9_890 });
});

it("a visitor who keeps asking for new names that fail does not fill the log", async () => {
  const site = await createSiteWithToken();
  site.b2.faults([{ operation: "b2_download_file_by_name", times: 500, status: 403, code: "access_denied" }]);
  for (let n = 0; n < 50; n += 1) expect((await site.visit(`/${n}.jpg`)).status).toBe(502);
  expect(site.log.events().filter(({ event }) => event === "download.failed")).toHaveLength(10);
  site.advance(60);
  expect((await site.visit("/50.jpg")).status).toBe(502);
  expect(site.log.events()).toContainEqual(expect.objectContaining({ event: "download.failed", repeats: 40 }));
});

it("nor does one who keeps asking for new folders that B2 does not list", async () => {
  const site = await createListedSite([]);
  site.b2.setKey({ capabilities: ["readFiles", "shareFiles"] });
  for (let n = 0; n < 50; n += 1) expect((await site.visit(`/${n}/`)).status).toBe(404);
  expect(site.log.events().filter(({ event }) => event === "listing.no-right")).toHaveLength(10);
});

it("an isolate counts for itself", async () => {
  const site = await createSiteWithToken();
  const another = site.startIsolate();
  site.b2.faults([{ operation: "b2_download_file_by_name", times: 500, status: 403, code: "access_denied" }]);
  for (let n = 0; n < 12; n += 1) for (const visit of [site.visit, another]) await visit(`/${n}.jpg`);
  expect(site.log.events().filter(({ event }) => event === "download.failed")).toHaveLength(20);
});
