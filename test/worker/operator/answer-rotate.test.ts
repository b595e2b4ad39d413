import { beforeEach, describe, expect, it, vi } from "vitest";
import { callsOf } from "../support/b2-behind-fetch.ts";
import { contentOf } from "../support/content-of.ts";
import { BEARER, FROM_OWN_PAGE, OWNER } from "../support/owner.ts";
import { createRotatingSite, OLD_TOKEN, type RotatingSite } from "../support/rotating-site.ts";

const WEBHOOK = { ALERT_WEBHOOK_URL: "https://hooks.example/alert" };

let site: RotatingSite;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
  site = createRotatingSite({ ...OWNER, ...WEBHOOK });
  site.putOldToken(1);
});

function rotate(headers: Record<string, string> = BEARER): Promise<Response> {
  return site.visit("/-/rotate", { method: "POST", headers });
}

it("a new token is in KV at once, and on record as the owner's", async () => {
  const response = await rotate();
  expect([response.status, await response.json()]).toEqual([200, { status: "published" }]);
  expect(site.published()).toMatch(/^4_download_/);
  expect(site.published()).not.toBe(OLD_TOKEN);
  expect(site.history().at(-1)).toEqual({
    at: expect.any(Number),
    by: "owner",
    outcome: "published",
    durationMs: expect.any(Number),
    expiresAt: Date.now() + 604_800_000,
    capabilities: expect.any(Array),
  });
  expect(site.log.events()).toContainEqual(expect.objectContaining({ event: "rotation.done", by: "owner" }));
});

it("a person sees the outcome above the status page, with the new mark", async () => {
  const response = await rotate(FROM_OWN_PAGE);
  const page = await contentOf(response);
  expect(response.status).toBe(200);
  expect(page).toMatch(/role="alert".*There is a new token\./s);
  expect(page).toContain("by you");
});

describe("when B2 gives none", () => {
  beforeEach(() => site.b2.setKey({ key: "another" }));

  it("the old one stays, and the owner is told why, in the words of the log", async () => {
    const response = await rotate();
    expect([response.status, response.headers.get("Retry-After"), await response.json()]).toEqual([
      502,
      "30",
      { status: "failed", reason: expect.stringContaining("Check B2_APPLICATION_KEY_ID and B2_APPLICATION_KEY") },
    ]);
    expect(site.published()).toBe(OLD_TOKEN);
    expect(site.history().at(-1)).toMatchObject({ by: "owner", outcome: "failed", step: "authorize" });
  });

  it("a person is told so on the page", async () => {
    const page = await contentOf(await rotate(FROM_OWN_PAGE));
    expect(page).toMatch(/class="said down".*There is no new token, and the old one stays\./s);
  });
});

it("B2 is asked once: an owner who sees the failure may press the button again", async () => {
  site.b2.faults([{ operation: "b2_authorize_account", times: 3, status: 503, code: "service_unavailable" }]);
  expect((await rotate()).status).toBe(502);
  expect(callsOf(site.b2).b2_authorize_account).toBe(1);
});
