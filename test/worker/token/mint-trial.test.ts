import { expect, it, vi } from "vitest";
import { mint } from "../../../src/token/mint.ts";
import type { Fault } from "../../local-b2/b2/faults.ts";
import { b2BehindFetch, callsOf, MINT_SETTINGS } from "../support/b2-behind-fetch.ts";

const DOWNLOAD = "b2_download_file_by_name";

it("asks with HEAD, and inside the prefix, for a file that is not there: 404 says that the token is good", async () => {
  const b2 = b2BehindFetch();
  const { token, trial } = await mint({ ...MINT_SETTINGS, fileNamePrefix: "photos/" });
  expect(trial).toEqual({ kind: "accepted" });
  expect(b2.requests).toEqual([
    {
      method: "HEAD",
      path: expect.stringMatching(/^\/file\/images\/photos\/b2-image-worker-trial\/[0-9a-f-]{36}$/),
      headers: expect.objectContaining({ authorization: token.token }),
    },
  ]);
});

it("200 is good too", async () => {
  const b2 = b2BehindFetch();
  const uuid = "00000000-0000-4000-8000-000000000000";
  vi.spyOn(crypto, "randomUUID").mockReturnValue(uuid);
  b2.put("images", `b2-image-worker-trial/${uuid}`, { content: "why not" });
  expect((await mint(MINT_SETTINGS)).trial).toEqual({ kind: "accepted" });
  expect(b2.requests[0]?.path).toContain(uuid);
});

it("401 once is good: B2 may not know a new token everywhere yet", async () => {
  const b2 = b2BehindFetch();
  b2.faults([{ operation: DOWNLOAD, status: 401, code: "bad_auth_token" }]);
  expect((await mint(MINT_SETTINGS)).trial).toEqual({ kind: "accepted" });
  expect(callsOf(b2)[DOWNLOAD]).toBe(2);
});

it("401 twice is refused, and there is no third try", async () => {
  const b2 = b2BehindFetch();
  b2.faults([{ operation: DOWNLOAD, times: 9, status: 401, code: "unauthorized" }]);
  const { token, trial } = await mint(MINT_SETTINGS);
  expect(trial).toEqual({ kind: "refused" });
  expect(token.token).toMatch(/^4_download_/);
  expect(callsOf(b2)[DOWNLOAD]).toBe(2);
});

const unclear: [string, Omit<Fault, "operation">, string][] = [
  ["403", { status: 403, code: "access_denied" }, "access-denied"],
  ["403 of a cap", { status: 403, code: "download_cap_exceeded" }, "cap-exceeded"],
  ["429", { status: 429, code: "too_many_requests" }, "too-many-requests"],
  ["500", { status: 500, code: "internal_error" }, "unavailable"],
  ["503", { status: 503, code: "service_unavailable" }, "unavailable"],
  ["a broken connection", { reset: "before" }, "unreachable"],
];

it.each(unclear)("%s is unclear: B2's API has just vouched for the token", async (_, fault, code) => {
  // A 403 to a HEAD is asked about with a GET.
  b2BehindFetch().faults([{ operation: DOWNLOAD, times: 2, ...fault }]);
  expect(await mint(MINT_SETTINGS)).toMatchObject({ trial: { kind: "unclear", fault: { code } } });
});

it("no answer in 5 seconds is unclear", async () => {
  vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"] });
  b2BehindFetch().faults([{ operation: DOWNLOAD, stall: true }]);
  const minting = mint(MINT_SETTINGS);
  await vi.advanceTimersByTimeAsync(5_001);
  expect((await minting).trial).toMatchObject({ kind: "unclear", fault: { code: "timeout" } });
});

it("401, then a fault, is unclear and not refused", async () => {
  b2BehindFetch().faults([
    { operation: DOWNLOAD, status: 401, code: "unauthorized" },
    { operation: DOWNLOAD, status: 503, code: "service_unavailable" },
  ]);
  expect((await mint(MINT_SETTINGS)).trial).toMatchObject({ kind: "unclear" });
});
