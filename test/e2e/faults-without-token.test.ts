import { afterAll, beforeAll, expect, it } from "vitest";
import { type Project, startProject } from "./project.ts";

const AUTHORIZE = "b2_authorize_account";
const DOWNLOAD = "b2_download_file_by_name";
const IMAGE = "/sunrise.jpg";

// The life of one isolate that begins without a token: each test goes on where the one before it ended.
let project: Project;
beforeAll(async () => {
  project = await startProject({ fireCron: false });
}, 60_000);
afterAll(() => project?.stop());

it("asks B2 for a token when health is asked first, and is down while B2's answer is garbage", async () => {
  project.b2.faults([{ operation: AUTHORIZE, body: "<html>Bad gateway</html>" }]);
  for (let n = 0; n < 3; n += 1) {
    const health = await visit("/-/health");
    const expected = { status: "down", cause: "storage", detail: expect.stringContaining("npx wrangler tail") };
    expect([health.status, await health.json()]).toEqual([503, expected]);
  }
  expect(callsOf(AUTHORIZE)).toBe(1);
});

it("answers images with 503 then, and leaves the API alone for 5 seconds", async () => {
  const statuses: number[] = [];
  for (let n = 0; n < 20; n += 1) {
    const response = await visit(IMAGE);
    statuses.push(response.status);
    expect(response.headers.get("Retry-After")).toMatch(/^[1-5]$/);
  }
  expect(new Set(statuses)).toEqual(new Set([503]));
  expect(callsOf(AUTHORIZE)).toBe(1);
});

it("tells the owner in the log what B2 did, at which step", async () => {
  await expect
    .poll(() => project.logs())
    .toContain("MintError: authorize: b2_authorize_account: unexpected-answer (status 200): not JSON.");
});

it("serves by itself when the pause is over", async () => {
  await expect.poll(async () => (await visit(IMAGE)).status, { timeout: 10_000, interval: 250 }).toBe(200);
  expect(callsOf(AUTHORIZE)).toBe(2);
  expect(await (await visit("/-/health")).json()).toEqual({ status: "ok" });
});

it("answers 503 with Retry-After when B2 refuses connections", async () => {
  await project.stopB2();
  const response = await visit(IMAGE);
  expect([response.status, response.headers.get("Retry-After")]).toEqual([503, "30"]);
});

it("fails the cron's run then, and throws", async () => {
  const outcome = await project.fireCron();
  expect([outcome.status, await outcome.json()]).toEqual([500, expect.objectContaining({ outcome: "exception" })]);
  await expect.poll(() => project.logs()).toMatch(/"event":"rotation.failed".*"step":"authorize"/);
});

it("serves again when B2 is back and the cron has run, though B2 knows no token that was handed out before", async () => {
  await project.restartB2();
  expect((await project.fireCron()).status).toBe(200);
  expect((await visit(IMAGE)).status).toBe(200);
  expect(callsOf(AUTHORIZE)).toBe(1);
});

it("answers a reached cap of transactions with 503 for five minutes, or until 00:00 UTC, and leaves B2 alone", async () => {
  const before = callsOf(DOWNLOAD);
  project.b2.faults([{ operation: DOWNLOAD, times: 1000, status: 403, code: "transaction_cap_exceeded" }]);
  for (let n = 0; n < 5; n += 1) {
    const response = await visit(IMAGE, n === 2 ? { method: "HEAD" } : {});
    const secondsToMidnight = (86_400_000 - (Date.now() % 86_400_000)) / 1000;
    expect(response.status).toBe(503);
    const retryAfter = Number(response.headers.get("Retry-After"));
    expect(retryAfter).toBeGreaterThan(0);
    expect(retryAfter).toBeLessThanOrEqual(Math.min(300, secondsToMidnight + 5));
  }
  expect(callsOf(DOWNLOAD)).toBe(before + 1);
});

it("has told no key and no token in its log", () => {
  expect(project.logs()).not.toMatch(/4_(account|download)_|local-key(?!-id)/);
});

async function visit(path: string, init: RequestInit = {}): Promise<Response> {
  return await fetch(project.url + path, init);
}

function callsOf(operation: string): number {
  return project.b2.stats().operations[operation]?.calls ?? 0;
}
