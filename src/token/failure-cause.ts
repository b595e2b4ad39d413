import type { B2FaultCode } from "../b2/error.ts";
import { MintError } from "./mint-error.ts";
import { TokenRefusedError } from "./token-refused-error.ts";

/**
 * What is wrong when there is no new token, in one word that gives nothing away. `key` and `bucket` stay wrong until the owner
 * changes something; `storage` (B2 or KV) passes by itself.
 */
export type FailureCause = "key" | "bucket" | "storage";

/** The answers of B2 that stay as they are. A reached cap is none: it is over at 00:00 UTC. */
const LASTING: ReadonlySet<B2FaultCode> = new Set(["bad-request", "unauthorized", "access-denied"]);

/** What a failed mint or rotation comes from. */
export function failureCauseOf(error: unknown): FailureCause {
  if (error instanceof TokenRefusedError) return "key";
  if (!(error instanceof MintError)) return "storage";
  const { step, cause: fault } = error;
  if (fault === undefined) return step === "bucket" ? "bucket" : "key";
  if (!LASTING.has(fault.code)) return "storage";
  // The bucket's id was right a moment ago.
  return step === "download-authorization" && fault.code === "bad-request" ? "bucket" : "key";
}
