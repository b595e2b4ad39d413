import type { B2Error } from "../b2/error.ts";

/** What the owner should change after a fault of B2; `ifRefused` is what a refusal means at that step of the mint. */
export function mintAdvice(fault: B2Error, ifRefused: string): string {
  switch (fault.code) {
    case "bad-request":
    case "unauthorized":
      return ifRefused;
    case "access-denied":
      return "B2 denies access: is the account in good standing?";
    case "cap-exceeded":
      return "A daily cap of the B2 account is reached. Raise it on B2's Caps & Alerts page, or wait for 00:00 UTC.";
    case "unexpected-answer":
      return "This is not how B2 answers: does B2_API_URL name B2's API?";
    case "too-many-requests":
    case "unavailable":
    case "unreachable":
    case "timeout":
      return "B2 has a fault; it is tried again later.";
  }
}
