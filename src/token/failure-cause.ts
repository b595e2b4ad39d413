import type { B2FaultCode } from "../b2/error.ts";
import { MintError } from "./mint-error.ts";
import { TokenRefusedError } from "./token-refused-error.ts";

/**
 * Why there is no new token, in one word that gives nothing away. `key` and `bucket` stay wrong until the owner changes
 * something; `storage` (a fault of B2 or KV) passes by itself.
 */
export type FailureCause = "key" | "bucket" | "storage";

/** Faults that do not pass by themselves. A reached cap is not among them: it ends at 00:00 UTC. */
const LASTING: ReadonlySet<B2FaultCode> = new Set(["bad-request", "unauthorized", "access-denied"]);

/** Finds the cause of a failed mint or rotation. */
export function failureCauseOf(error: unknown): FailureCause {
  if (error instanceof TokenRefusedError) return "key";
  if (!(error instanceof MintError)) return "storage";
  const { step, cause: fault } = error;
  if (fault === undefined) return step === "bucket" ? "bucket" : "key";
  if (!LASTING.has(fault.code)) return "storage";
  // B2 gave this bucket's id a moment ago: the bucket has gone since.
  return step === "download-authorization" && fault.code === "bad-request" ? "bucket" : "key";
}
