import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Fault } from "../../local-b2/b2/faults.ts";
import { callsOf } from "../support/b2-behind-fetch.ts";
import { TOKEN_KEY } from "../support/download-token.ts";
import { createRotatingSite, OLD_TOKEN, type RotatingSite } from "../support/rotating-site.ts";

const NOW = Date.UTC(2026, 10, 24, 18);
const AUTHORIZE = "b2_authorize_account";
const DOWNLOAD = "b2_download_file_by_name";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"], now: NOW });
});

describe("a new token that B2 refuses twice", () => {
  const refuse: Fault = { operation: DOWNLOAD, times: 2, status: 401, code: "unauthorized" };
  const nothingBetter: [string, (site: RotatingSite) => void][] = [
    ["KV is empty", () => undefined],
    ["the one in KV has expired", (site) => site.putOldToken(169)],
    ["the one in KV expires in 5 minutes", (site) => site.putOldToken(168 - 5 / 60)],
    ["the one in KV is for another key", (site) => site.putOldToken(6, { applicationKeyId: "0012345" })],
    ["the record in KV is of an older version", ({ kv }) => kv.values.set(TOKEN_KEY, '{"version":0}')],
  ];

  it.each(nothingBetter)("is published with a warning when %s", async (_, prepare) => {
    const site = createRotatingSite();
    prepare(site);
    site.b2.faults([refuse]);
    expect(await site.run()).toBeUndefined();
    expect(site.published()).toMatch(/^4_download_[0-9a-f]{32}/);
    expect(site.log.events()).toContainEqual(
      expect.objectContaining({ level: "warn", event: "rotation.done", trial: "refused" }),
    );
    expect(site.history().at(-1)).toMatchObject({
      outcome: "published-unproven",
      cause: "key",
      error: expect.stringContaining("readFiles"),
    });
  });

  it("tells the owner what may be wrong while KV holds a fresh one", async () => {
    const site = createRotatingSite();
    site.putOldToken(167);
    site.b2.faults([refuse]);
    expect(await site.run()).toMatchObject({
      code: "token-refused",
      message: expect.stringContaining("readFiles for the bucket and prefix?"),
    });
    expect(site.published()).toBe(OLD_TOKEN);
  });
});

const UNCLEAR: [string, Omit<Fault, "operation">][] = [
  ["403", { status: 403, code: "access_denied" }],
  ["403 of a cap", { status: 403, code: "download_cap_exceeded" }],
  ["429", { status: 429, code: "too_many_requests" }],
  ["500", { status: 500, code: "internal_error" }],
  ["503", { status: 503, code: "service_unavailable" }],
  ["a broken connection", { reset: "before" }],
  ["no answer", { stall: true }],
];

it.each(UNCLEAR)("%s to the trial does not block: B2's API has vouched for the token", async (_, fault) => {
  const site = createRotatingSite();
  site.putOldToken(6);
  site.b2.faults([{ operation: DOWNLOAD, times: 2, ...fault }]);
  expect(await site.run()).toBeUndefined();
  expect(site.published()).not.toBe(OLD_TOKEN);
  expect(site.log.events()).toContainEqual(
    expect.objectContaining({
      level: "warn",
      event: "rotation.done",
      trial: "unclear",
      fault: expect.stringContaining(DOWNLOAD),
    }),
  );
  expect(callsOf(site.b2)[AUTHORIZE]).toBe(1);
});
