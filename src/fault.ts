import { pauseAfterCapMs } from "./b2/cap.ts";
import { B2Error } from "./b2/error.ts";
import { faultAdvice } from "./b2/fault-advice.ts";
import { describeError, type Log } from "./log.ts";
import { RETRY_AFTER_SECONDS, type Rejection } from "./rejection.ts";
import { TokenUnavailableError } from "./token/token-unavailable-error.ts";

/** Maps a fault of B2 or of the token to the refusal that the client gets; any other error is the Worker's own. `now`: ms since the epoch. */
export function rejectionOfFault(error: unknown, now: number): Rejection {
  if (error instanceof TokenUnavailableError) {
    return { kind: "unavailable", retryAfterSeconds: error.retryAfterSeconds };
  }
  if (!(error instanceof B2Error)) return { kind: "internal" };
  switch (error.code) {
    case "bad-request":
    case "customer-key-needed":
    case "unauthorized":
    case "access-denied":
    case "unexpected-answer":
      return { kind: "bad-gateway" };
    case "cap-exceeded":
      return { kind: "unavailable", retryAfterSeconds: Math.ceil(pauseAfterCapMs(now) / 1000) };
    case "too-many-requests":
    case "unavailable":
    case "unreachable":
      return { kind: "unavailable", retryAfterSeconds: error.retryAfterSeconds ?? RETRY_AFTER_SECONDS };
    case "timeout":
      return { kind: "gateway-timeout" };
  }
}

/** Logs a fault, with advice on what the owner should change. */
export function logFault(log: Log, error: unknown, fields: { ray: string | undefined; file: string }): void {
  const advice = error instanceof B2Error ? faultAdvice(error, whatRefusalMeans(error)) : undefined;
  log("error", "download.failed", { ...fields, error: describeError(error), advice });
}

function whatRefusalMeans({ code }: B2Error): string {
  return code === "bad-request"
    ? "B2 refuses this file name: no file can have it. For a HEAD it answers the same when the file is encrypted with its uploader's own key (SSE-C)."
    : "B2 refuses the token for this file: does the key still have readFiles and shareFiles for this bucket and prefix?";
}
