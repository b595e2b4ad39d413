import { describe, expect, it } from "vitest";
import { B2Error, type B2FaultCode, readB2Error } from "../../../src/b2/error.ts";

const OPERATION = "b2_download_file_by_name";

function answer(status: number, code?: string, fields: Record<string, string> = {}): Response {
  const body = code === undefined ? null : JSON.stringify({ status, code, message: "bucket images is unhappy" });
  return new Response(body, { status, headers: fields });
}

const answers: [number, string | undefined, B2FaultCode, boolean][] = [
  [400, "bad_request", "bad-request", false],
  [401, "missing_auth_token", "unauthorized", false],
  [401, "bad_auth_token", "unauthorized", false],
  [401, "expired_auth_token", "unauthorized", false],
  [401, "unauthorized", "unauthorized", false],
  [401, undefined, "unauthorized", false],
  [403, "download_cap_exceeded", "cap-exceeded", false],
  [403, "transaction_cap_exceeded", "cap-exceeded", false],
  [403, "storage_cap_exceeded", "cap-exceeded", false],
  [403, "access_denied", "access-denied", false],
  [403, "unauthorized", "unauthorized", false],
  [403, undefined, "access-denied", false],
  [408, "request_timeout", "unavailable", true],
  [429, "too_many_requests", "too-many-requests", true],
  [500, "internal_error", "unavailable", true],
  [502, undefined, "unavailable", true],
  [503, "service_unavailable", "unavailable", true],
  [503, undefined, "unavailable", true],
  [302, undefined, "unexpected-answer", false],
  [405, "method_not_allowed", "unexpected-answer", false],
];

describe("an answer of B2", () => {
  it.each(answers)("with %i %s is %s; to be tried again: %s", async (status, b2Code, code, retryable) => {
    const error = await readB2Error(OPERATION, answer(status, b2Code));
    expect(error).toBeInstanceOf(B2Error);
    expect(error).toMatchObject({ code, operation: OPERATION, status, b2Code, retryable });
    expect(error.message).toBe(`${OPERATION}: ${code} (status ${status}${b2Code === undefined ? "" : `, ${b2Code}`})`);
  });

  it.each(["timeout", "unreachable"] as const)("that did not come is %s", (code) => {
    const error = new B2Error({ code, operation: OPERATION });
    expect([error.message, error.status, error.retryable]).toEqual([
      `${OPERATION}: ${code}`,
      undefined,
      code === "unreachable",
    ]);
  });

  it("keeps nothing of B2's own message, which may name the bucket", async () => {
    const error = await readB2Error(OPERATION, answer(403, "access_denied"));
    expect(`${error.message} ${JSON.stringify(error)}`).not.toContain("unhappy");
  });
});

describe("B2's code is taken from JSON alone, and only if it looks like one", () => {
  it.each([
    "<html>",
    "",
    "null",
    "[]",
    '"text"',
    '{"code": 7}',
    '{"code": "A Token 4_abc"}',
    `{"code": "${"a".repeat(65)}"}`,
  ])("%j has none", async (body) => {
    const error = await readB2Error(OPERATION, new Response(body, { status: 503 }));
    expect([error.code, error.b2Code]).toEqual(["unavailable", undefined]);
  });

  it("a body that breaks has none", async () => {
    const body = new ReadableStream({
      pull: (controller) => controller.error(new TypeError("reset")),
    });
    expect((await readB2Error(OPERATION, new Response(body, { status: 403 }))).code).toBe("access-denied");
  });
});

describe("Retry-After", () => {
  const fields: [string | undefined, number | undefined][] = [
    ["0", 0],
    ["5", 5],
    ["999999", 999_999],
    ["1000000", undefined],
    ["-1", undefined],
    ["1.5", undefined],
    ["soon", undefined],
    ["", undefined],
    ["Tue, 24 Nov 2026 18:00:00 GMT", undefined],
    [undefined, undefined],
  ];

  it.each(fields)("%j is %j seconds", async (field, seconds) => {
    const error = await readB2Error(
      OPERATION,
      answer(503, undefined, field === undefined ? {} : { "Retry-After": field }),
    );
    expect(error.retryAfterSeconds).toBe(seconds);
  });
});
