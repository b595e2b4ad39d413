import { beforeEach, describe, expect, it, vi } from "vitest";
import { createHealthCheck, type Health } from "../../../src/operator/health.ts";
import { healthOfProblems, healthResponse } from "../../../src/operator/health-response.ts";
import { type DownloadToken, formatRecord } from "../../../src/token/download-token.ts";
import { createTokenStore } from "../../../src/token/store.ts";
import { passMs } from "../support/clock.ts";
import { SCOPE, TOKEN_KEY, tokenIssuedAt } from "../support/download-token.ts";
import { FaultyKv } from "../support/faulty-kv.ts";

const NOW = Date.UTC(2026, 10, 24, 18);
const HOUR_MS = 3_600_000;
const DEGRADED =
  "No rotation has worked since 2026-11-21T05:59:59.999Z. The download token holds until 2026-11-28T05:59:59.999Z.";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW });
});

/** A health check of an isolate that holds one token, with another in KV; ages in hours, of seven days. */
function createCheck({ heldAge, storedAge }: { heldAge?: number; storedAge?: number }) {
  const kv = new FaultyKv();
  const logs: string[] = [];
  if (storedAge !== undefined) kv.values.set(TOKEN_KEY, formatRecord(tokenOf(storedAge)));
  const held = heldAge === undefined ? undefined : tokenOf(heldAge);
  const check = createHealthCheck({
    store: createTokenStore(kv, SCOPE),
    held: () => held,
    now: Date.now,
    log: (_, event) => logs.push(event),
  });
  return { kv, logs, check };
}

function tokenOf(ageHours: number): DownloadToken {
  return tokenIssuedAt(NOW - ageHours * HOUR_MS, { token: `4_download_${ageHours}` });
}

interface HealthCase {
  name: string;
  heldAge?: number;
  storedAge?: number;
  health: Health;
  kvReads: number;
}

const HALF_AND_A_MS = 84 + 1 / HOUR_MS;
const cases: HealthCase[] = [
  { name: "ok from memory alone", heldAge: 6, health: { status: "ok" }, kvReads: 0 },
  { name: "ok with half of the life left to the ms", heldAge: 84, health: { status: "ok" }, kvReads: 0 },
  { name: "ok from KV in a new isolate", storedAge: 6, health: { status: "ok" }, kvReads: 1 },
  {
    name: "ok when KV has a young token and memory an old one",
    heldAge: 100,
    storedAge: 4,
    health: { status: "ok" },
    kvReads: 1,
  },
  {
    name: "degraded when no rotation has worked for half of a life",
    heldAge: HALF_AND_A_MS,
    storedAge: HALF_AND_A_MS,
    health: { status: "degraded", reason: DEGRADED },
    kvReads: 1,
  },
  {
    name: "degraded by the newer of two old tokens",
    heldAge: 160,
    storedAge: HALF_AND_A_MS,
    health: { status: "degraded", reason: DEGRADED },
    kvReads: 1,
  },
  {
    name: "degraded, and not down, by the held one when KV's has expired",
    heldAge: HALF_AND_A_MS,
    storedAge: 169,
    health: { status: "degraded", reason: DEGRADED },
    kvReads: 1,
  },
  {
    name: "down without any token",
    health: {
      status: "down",
      reason: "There is no download token. The next request for a file, or the next cron run, gets one.",
    },
    kvReads: 1,
  },
  {
    name: "down when the token has expired",
    storedAge: 169,
    health: { status: "down", reason: "The download token expired at 2026-11-24T17:00:00.000Z." },
    kvReads: 1,
  },
];

describe("health is", () => {
  it.each(cases)("$name", async ({ heldAge, storedAge, health, kvReads }) => {
    const checked = createCheck({
      ...(heldAge !== undefined && { heldAge }),
      ...(storedAge !== undefined && { storedAge }),
    });
    expect(await checked.check()).toEqual(health);
    expect(checked.kv.readLog.filter(({ key }) => key === TOKEN_KEY)).toHaveLength(kvReads);
    expect(checked.kv.writeLog).toEqual([]);
  });

  it("degraded by memory when KV cannot be read, with a line in the log", async () => {
    const checked = createCheck({ heldAge: HALF_AND_A_MS });
    checked.kv.reads = "throws";
    expect(await checked.check()).toEqual({ status: "degraded", reason: DEGRADED });
    expect(checked.logs).toEqual(["token.store-failed"]);
  });
});

describe("anybody may ask, so KV is read", () => {
  it("once a minute at most, however many ask", async () => {
    const { kv, check } = createCheck({ storedAge: 100 });
    for (let n = 0; n < 50; n += 1) await check();
    passMs(59_999);
    await Promise.all(Array.from({ length: 50 }, check));
    expect(kv.readLog).toHaveLength(1);
    passMs(1);
    await check();
    expect(kv.readLog).toHaveLength(2);
  });

  it("once a minute at most while it throws", async () => {
    const { kv, check } = createCheck({});
    kv.reads = "throws";
    for (let n = 0; n < 50; n += 1) expect((await check()).status).toBe("down");
    expect(kv.readLog).toHaveLength(1);
  });

  it("again after a minute: what was rotated in between is seen", async () => {
    const { kv, check } = createCheck({ storedAge: 169 });
    expect((await check()).status).toBe("down");
    kv.values.set(TOKEN_KEY, formatRecord(tokenOf(0)));
    passMs(60_000);
    expect((await check()).status).toBe("ok");
  });
});

describe("the answer", () => {
  const answers: [Health, number][] = [
    [{ status: "ok" }, 200],
    [{ status: "degraded", reason: "It rains." }, 200],
    [{ status: "down", reason: "It pours." }, 503],
  ];

  it.each(answers)("to %j is %i, in no cache", async (health, status) => {
    const response = healthResponse(health);
    expect([response.status, await response.json()]).toEqual([status, health]);
    expect(response.headers.get("Cache-Control")).toBe("no-store");
    expect(response.headers.get("Cloudflare-CDN-Cache-Control")).toBe("no-store");
    expect(response.headers.get("Content-Type")).toMatch(/^application\/json/);
  });

  it("names each setting that does not parse, and what it should hold", () => {
    const problems = [
      { name: "B2_APPLICATION_KEY", expected: "the key" },
      { name: "TOKEN_VALID_SECONDS", expected: "a number" },
    ];
    expect(healthOfProblems(problems)).toEqual({
      status: "down",
      reason: "B2_APPLICATION_KEY should hold the key; TOKEN_VALID_SECONDS should hold a number",
    });
  });
});
