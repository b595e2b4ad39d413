import { describeError } from "../log.ts";
import { RETRY_AFTER_SECONDS } from "../rejection.ts";
import { rotate } from "../rotation/rotate.ts";
import type { Visit } from "../visit.ts";
import { respondToOwner } from "./respond-to-owner.ts";

/** `POST /-/rotate`: gets a new token now. When that fails, the old one stays. */
export async function answerRotate(visit: Visit): Promise<Response> {
  try {
    await rotate({ ...visit.site, now: Date.now, alertWebhookUrl: undefined, by: "owner" });
    const text =
      "There is a new token. Each isolate of the Worker changes to it when its own is about to expire or is refused.";
    return await respondToOwner(visit, { status: 200, outcome: { mark: "ok", text }, json: { status: "published" } });
  } catch (error) {
    const reason = describeError(error);
    const text = `There is no new token, and the old one stays. ${reason}`;
    return await respondToOwner(visit, {
      status: 502,
      outcome: { mark: "down", text },
      json: { status: "failed", reason },
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    });
  }
}
