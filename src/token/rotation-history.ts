import * as v from "valibot";

/** How many rotations are kept: 12 days of them with the default schedule. */
const KEPT_OUTCOMES = 50;

const outcomeSchema = v.object({
  /** When the run began, in ms since the epoch. */
  at: v.number(),
  outcome: v.picklist(["published", "published-unproven", "failed"]),
  /** Where a failed run stopped: a step of the mint, `trial`, `publish` or `unknown`. */
  step: v.optional(v.string()),
  /** Why it failed; or why a token was published that B2 refuses, for want of a better one. */
  cause: v.optional(v.picklist(["key", "bucket", "storage"])),
  /** The cause in a sentence, with advice. Holds no secret. */
  error: v.optional(v.string()),
  durationMs: v.number(),
  /** Who asked for it; undefined: the cron. */
  by: v.optional(v.picklist(["cron", "request", "owner"])),
  /** The schedule of the cron trigger that started the run. */
  cron: v.optional(v.string()),
  /** When its token expires, in ms since the epoch. */
  expiresAt: v.optional(v.number()),
  /** The capabilities of the application key. */
  capabilities: v.optional(v.array(v.string())),
  /** When the application key expires, in ms since the epoch. */
  keyExpiresAt: v.optional(v.number()),
  /** When the owner was last alerted to failing rotations, and to the end of the key; both in ms since the epoch. */
  alertedAt: v.optional(v.number()),
  keyAlertedAt: v.optional(v.number()),
});

/** The result of one rotation. `published-unproven`: the trial did not show that the token works. */
export type RotationOutcome = v.InferOutput<typeof outcomeSchema>;

const historySchema = v.array(outcomeSchema);

/** Reads the history from KV's text. One that does not parse counts as empty: the next rotation begins a new one. */
export function parseHistory(text: string | null): RotationOutcome[] {
  if (text === null) return [];
  try {
    const result = v.safeParse(historySchema, JSON.parse(text));
    return result.success ? result.output : [];
  } catch {
    return [];
  }
}

/**
 * Adds the mint of a request to the history. A request does not write its mint into the history, so that no visitor can use
 * up the owner's writes to KV; but when no rotation brought the token that KV holds, a request minted it.
 */
export function withMintOfRequest(history: RotationOutcome[], stored: StoredMint | undefined): RotationOutcome[] {
  if (stored === undefined) return history;
  const { issuedAt, expiresAt } = stored;
  const isKnown = history.some(({ at, durationMs }) => at <= issuedAt && issuedAt <= at + durationMs);
  if (isKnown) return history;
  const mint: RotationOutcome = { at: issuedAt, by: "request", outcome: "published", durationMs: 0, expiresAt };
  return [...history, mint].toSorted((one, other) => one.at - other.at);
}

/** When KV's token was minted and when it expires, in ms since the epoch. */
export interface StoredMint {
  issuedAt: number;
  expiresAt: number;
}

/** Adds the newest outcome at the end, and drops those beyond the last 50. */
export function addOutcome(history: RotationOutcome[], outcome: RotationOutcome): RotationOutcome[] {
  return [...history, outcome].slice(-KEPT_OUTCOMES);
}

/** Whether a rotation left a problem: it failed, or it published a token that B2 refuses. */
export function isTrouble({ outcome, cause }: RotationOutcome): boolean {
  return outcome === "failed" || cause !== undefined;
}
