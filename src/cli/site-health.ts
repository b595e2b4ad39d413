import * as v from "valibot";

const TIMEOUT_MS = 10_000;

const healthAnswer = v.pipe(
  v.string(),
  v.parseJson(),
  v.looseObject({
    status: v.picklist(["ok", "degraded", "down"]),
    cause: v.optional(v.string()),
    reason: v.optional(v.string()),
  }),
);

/** The answer of a site's `/-/health`. `foreign`: something other than this Worker answers there. */
export type SiteHealth =
  | { kind: "health"; status: "ok" | "degraded" | "down"; words: string }
  | { kind: "foreign"; httpStatus: number }
  | { kind: "unreachable"; error: unknown };

/** Asks a site for its health. With `operatorToken` the answer has the full reason. Never throws. */
export async function siteHealth(site: string, operatorToken?: string, ask: typeof fetch = fetch): Promise<SiteHealth> {
  try {
    const response = await ask(`${site}/-/health`, {
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: operatorToken === undefined ? {} : { Authorization: `Bearer ${operatorToken}` },
    });
    const answer = v.safeParse(healthAnswer, await response.text());
    if (!answer.success) return { kind: "foreign", httpStatus: response.status };
    const { status, cause, reason } = answer.output;
    return { kind: "health", status, words: reason ?? (cause === undefined ? "" : `The cause: ${cause}.`) };
  } catch (error) {
    return { kind: "unreachable", error };
  }
}
