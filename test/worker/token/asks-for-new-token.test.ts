import { describe, expect, it } from "vitest";
import { B2Error, type B2Fault } from "../../../src/b2/error.ts";
import { asksForNewToken } from "../../../src/token/asks-for-new-token.ts";

const NOW = Date.UTC(2026, 10, 24, 18);
const MINUTE_MS = 60_000;

function fault(of: Partial<B2Fault>): B2Error {
  return new B2Error({ code: "unauthorized", operation: "b2_download_file_by_name", status: 401, ...of });
}

describe("another token may help against", () => {
  const cases: [string, B2Error, boolean, boolean][] = [
    ["401 expired_auth_token", fault({ b2Code: "expired_auth_token" }), true, true],
    ["401 bad_auth_token", fault({ b2Code: "bad_auth_token" }), true, true],
    ["401 missing_auth_token", fault({ b2Code: "missing_auth_token" }), true, true],
    ["401 without a code, as of a HEAD", fault({ b2Code: undefined }), true, true],
    ["401 with a code that nobody has heard of", fault({ b2Code: "revoked_auth_token" }), true, true],
    ["401 unauthorized, unless the token opens other files", fault({ b2Code: "unauthorized" }), true, false],
    [
      "403 unauthorized, unless the token opens other files",
      fault({ status: 403, b2Code: "unauthorized" }),
      true,
      false,
    ],
    ["403 access_denied", fault({ code: "access-denied", status: 403, b2Code: "access_denied" }), false, false],
    ["403 of a cap", fault({ code: "cap-exceeded", status: 403, b2Code: "download_cap_exceeded" }), false, false],
    ["400", fault({ code: "bad-request", status: 400, b2Code: "bad_request" }), false, false],
    ["503", fault({ code: "unavailable", status: 503, b2Code: "service_unavailable" }), false, false],
    ["no answer", fault({ code: "timeout" }), false, false],
  ];

  it.each(cases)("%s", (_, error, unknown, working) => {
    expect(asksForNewToken(error, { workedAt: undefined, now: NOW })).toBe(unknown);
    expect(asksForNewToken(error, { workedAt: NOW, now: NOW })).toBe(working);
  });

  it("401 unauthorized for all files: a minute after the last success the token no longer counts as one that works", () => {
    const error = fault({ b2Code: "unauthorized" });
    expect(asksForNewToken(error, { workedAt: NOW, now: NOW + MINUTE_MS })).toBe(false);
    expect(asksForNewToken(error, { workedAt: NOW, now: NOW + MINUTE_MS + 1 })).toBe(true);
  });
});
