import { beforeEach, describe, expect, it, vi } from "vitest";
import { runAhead } from "../support/clock.ts";
import { createHoldingSite } from "../support/site.ts";

const DOWNLOAD = "b2_download_file_by_name";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 10, 24, 17) });
});

describe("a cap of the account", () => {
  it.each(["download_cap_exceeded", "transaction_cap_exceeded"])(
    "%s: 503, and B2 is asked once in 5 minutes, as Retry-After says",
    async (code) => {
      const site = await createHoldingSite();
      site.b2.faults([{ operation: DOWNLOAD, times: 1000, status: 403, code }]);
      for (let n = 0; n < 5; n += 1) {
        const response = await site.visit("/cat.jpg");
        expect([response.status, response.headers.get("Retry-After")]).toEqual([503, "300"]);
      }
      expect(site.downloads()).toBe(1);
      site.advance(5 * 60 + 1);
      expect((await site.visit("/cat.jpg")).status).toBe(503);
      expect(site.downloads()).toBe(2);
      site.b2.reset();
      site.advance(5 * 60 + 1);
      expect((await site.visit("/cat.jpg")).status).toBe(200);
    },
  );

  it("that goes on is found out by one of the visitors who come after the pause", async () => {
    const site = await createHoldingSite();
    site.b2.faults([{ operation: DOWNLOAD, times: 1000, status: 403, code: "download_cap_exceeded" }]);
    await site.visit("/cat.jpg");
    site.advance(5 * 60 + 1);
    const visits = await Promise.all(Array.from({ length: 50 }, () => site.visit("/cat.jpg")));
    expect(new Set(visits.map(({ status }) => status))).toEqual(new Set([503]));
    expect(site.downloads()).toBe(2);
  });

  it("that is over lets everybody in after one visitor", async () => {
    const site = await createHoldingSite();
    site.b2.faults([{ operation: DOWNLOAD, times: 1, status: 403, code: "download_cap_exceeded" }]);
    await site.visit("/cat.jpg");
    site.advance(5 * 60 + 1);
    expect((await site.visit("/cat.jpg")).status).toBe(200);
    const visits = await Promise.all(Array.from({ length: 50 }, () => site.visit("/cat.jpg")));
    expect(new Set(visits.map(({ status }) => status))).toEqual(new Set([200]));
  });

  it("ends with a probe that meets anything but the cap, so that nobody keeps it up with a name that B2 refuses", async () => {
    const site = await createHoldingSite();
    const fault = { operation: DOWNLOAD, times: 1, status: 403, code: "download_cap_exceeded" };
    site.b2.faults([fault, { operation: DOWNLOAD, times: 1, status: 400, code: "bad_request" }]);
    await site.visit("/cat.jpg");
    site.advance(5 * 60 + 1);
    expect((await site.visit("/odd.jpg")).status).toBe(502);
    expect((await site.visit("/cat.jpg")).status).toBe(200);
  });

  it("is asked about no later than 00:00 UTC, when B2's caps start anew", async () => {
    const site = await createHoldingSite();
    site.advance(6 * 3600 - 90);
    site.b2.faults([{ operation: DOWNLOAD, times: 1, status: 403, code: "download_cap_exceeded" }]);
    expect((await site.visit("/cat.jpg")).headers.get("Retry-After")).toBe("90");
    site.advance(89);
    expect((await site.visit("/cat.jpg")).status).toBe(503);
    site.advance(1);
    expect((await site.visit("/cat.jpg")).status).toBe(200);
  });

  it("is still unclear after a probe that met the open circuit: B2 is asked ten seconds later", async () => {
    const site = await createHoldingSite();
    vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"], now: Date.UTC(2026, 10, 24, 23, 59, 49, 500) });
    site.b2.faults([
      { operation: DOWNLOAD, times: 2, stall: true },
      { operation: DOWNLOAD, times: 1000, status: 403, code: "download_cap_exceeded" },
    ]);
    const hanging = Promise.all(["/a.jpg", "/b.jpg"].map((path) => site.visit(path)));
    await vi.waitUntil(() => site.downloads() === 2);
    // The pause ends at 00:00 UTC. The time-outs of those two come just before, and open the circuit for five seconds.
    expect((await site.visit("/cat.jpg")).headers.get("Retry-After")).toBe("11");
    await runAhead(hanging);
    vi.setSystemTime(Date.UTC(2026, 10, 25));
    expect((await site.visit("/cat.jpg")).status).toBe(503);
    site.advance(9);
    expect((await site.visit("/cat.jpg")).status).toBe(503);
    expect(site.downloads()).toBe(3);
    site.advance(1);
    site.b2.reset();
    expect((await site.visit("/cat.jpg")).status).toBe(200);
  });

  it("is still unclear after a probe that had no token: the others wait until ten seconds later", async () => {
    const site = await createHoldingSite();
    site.b2.faults([
      { operation: DOWNLOAD, times: 1, status: 403, code: "download_cap_exceeded" },
      { operation: "b2_authorize_account", times: 1000, status: 401, code: "bad_auth_token" },
    ]);
    await site.visit("/cat.jpg");
    // The token in KV has ended by then.
    site.advance(8 * 86_400);
    const probe = await site.visit("/cat.jpg");
    expect([probe.status, site.downloads()]).toEqual([503, 1]);
    expect(probe.headers.get("Retry-After")).not.toBe("10");
    expect((await site.visit("/cat.jpg")).headers.get("Retry-After")).toBe("10");
  });

  it("is told in the log, with what to do", async () => {
    const site = await createHoldingSite();
    site.b2.faults([{ operation: DOWNLOAD, times: 1, status: 403, code: "download_cap_exceeded" }]);
    await site.visit("/cat.jpg");
    expect(site.log.lines().join("\n")).toContain("Caps & Alerts");
  });
});
