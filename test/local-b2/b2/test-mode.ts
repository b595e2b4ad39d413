import type { BillingClass } from "./operations.ts";
import { B2Problem } from "./problem.ts";

/** How many calls in test mode go by between two that fail. */
const EVERY = 3;

/** `X-Bz-Test-Mode`, as B2's integration checklist documents it. Throws the problem that the client asked for. */
export class TestMode {
  #calls = 0;

  check(mode: string | null, { operation, billingClass }: { operation: string; billingClass: BillingClass }): void {
    if (mode === null) return;
    this.#calls += 1;
    const isUpload = operation === "b2_upload_file" || operation === "b2_upload_part";
    if (mode === "force_cap_exceeded") {
      const [code, cap] = isUpload
        ? ["storage_cap_exceeded", "storage"]
        : billingClass === "B"
          ? ["download_cap_exceeded", "download bandwidth"]
          : ["transaction_cap_exceeded", "transaction"];
      throw new B2Problem(
        403,
        code ?? "",
        `Cannot do this: ${cap} cap exceeded, see the Caps & Alerts page to increase your cap.`,
      );
    }
    if (this.#calls % EVERY !== 0) return;
    if (mode === "expire_some_account_authorization_tokens" && operation !== "b2_authorize_account") {
      throw new B2Problem(401, "expired_auth_token", "Authorization token has expired");
    }
    if (mode === "fail_some_uploads" && isUpload) throw new B2Problem(503, "service_unavailable", "no tomes available");
  }
}
