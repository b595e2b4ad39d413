import { expect, it } from "vitest";
import { B2Error, type B2FaultCode } from "../../../src/b2/error.ts";
import { failureCauseOf } from "../../../src/token/failure-cause.ts";
import { MintError, type MintStep } from "../../../src/token/mint-error.ts";
import { KvError } from "../../../src/token/store.ts";
import { TokenRefusedError } from "../../../src/token/token-refused-error.ts";

function mintError(step: MintStep, code?: B2FaultCode): MintError {
  const fault = code === undefined ? undefined : new B2Error({ code, operation: "b2_authorize_account" });
  return new MintError(step, "advice", fault);
}

it.each<[string, unknown, string]>([
  ["a refused key", mintError("authorize", "unauthorized"), "key"],
  ["an account in arrears", mintError("authorize", "access-denied"), "key"],
  ["a key without a right", mintError("rights"), "key"],
  ["a right that is gone between two calls", mintError("download-authorization", "unauthorized"), "key"],
  ["a key that may not list buckets", mintError("bucket", "unauthorized"), "key"],
  ["a bucket that is gone, or chosen wrongly", mintError("bucket"), "bucket"],
  ["a bucket that is gone between two calls", mintError("download-authorization", "bad-request"), "bucket"],
  ["a token that B2 refuses", new TokenRefusedError(), "key"],
  ["a reached cap", mintError("authorize", "cap-exceeded"), "storage"],
  ["too many requests", mintError("authorize", "too-many-requests"), "storage"],
  ["B2 with a fault", mintError("download-authorization", "unavailable"), "storage"],
  ["B2 out of reach", mintError("authorize", "unreachable"), "storage"],
  ["no answer of B2", mintError("bucket", "timeout"), "storage"],
  ["an odd answer of B2", mintError("authorize", "unexpected-answer"), "storage"],
  ["KV with a fault", new KvError("write", new Error("500")), "storage"],
  ["a fault of our own", new TypeError("x is undefined"), "storage"],
])("%s: %s", (_, error, cause) => {
  expect(failureCauseOf(error)).toBe(cause);
});
