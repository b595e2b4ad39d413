import type { B2Error } from "./error.ts";

/**
 * Advice for the owner after a fault of B2; undefined when it passes by itself. `ifRefused` is the advice when B2 refused the
 * call that was made.
 */
export function faultAdvice({ code }: B2Error, ifRefused: string): string | undefined {
  switch (code) {
    case "bad-request":
    case "unauthorized":
      return ifRefused;
    case "customer-key-needed":
      return "This file is encrypted with its uploader's own key (SSE-C), so no download token opens it. Upload it again without such a key; SSE-B2 is fine.";
    case "access-denied":
      return "B2 denies access: is the account in good standing, and is the key allowed to read this bucket?";
    case "cap-exceeded":
      return "A daily cap of the B2 account is reached. Raise it on B2's Caps & Alerts page, or wait for 00:00 UTC.";
    case "unexpected-answer":
      return "This is not how B2 answers: does B2_API_URL name B2's API?";
    case "too-many-requests":
    case "unavailable":
    case "unreachable":
    case "timeout":
      return undefined;
  }
}
