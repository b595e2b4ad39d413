import { expect, it } from "vitest";
import { B2Error, type B2FaultCode } from "../../../src/b2/error.ts";
import { faultAdvice } from "../../../src/b2/fault-advice.ts";

const REFUSED = "Change the key.";

it.each<[B2FaultCode, string | undefined]>([
  ["bad-request", REFUSED],
  ["unauthorized", REFUSED],
  ["customer-key-needed", "SSE-C"],
  ["access-denied", "good standing"],
  ["cap-exceeded", "Caps & Alerts"],
  ["unexpected-answer", "B2_API_URL"],
  ["too-many-requests", undefined],
  ["unavailable", undefined],
  ["unreachable", undefined],
  ["timeout", undefined],
])("%s: %s", (code, advice) => {
  const given = faultAdvice(new B2Error({ code, operation: "b2_authorize_account" }), REFUSED);
  expect(given).toEqual(advice === undefined ? undefined : expect.stringContaining(advice));
});
