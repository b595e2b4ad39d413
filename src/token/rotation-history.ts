import * as v from "valibot";

/** How many rotations are kept: 12 days of the default schedule. */
const KEPT_OUTCOMES = 50;

const outcomeSchema = v.object({
  /** When the run began, in ms since the epoch. */
  at: v.number(),
  outcome: v.picklist(["published", "published-unproven", "failed"]),
  /** Where a failed run ended: a step of the mint, `trial` or `publish`. */
  step: v.optional(v.string()),
  /** What is wrong, also of a token that was published for want of a better one. */
  cause: v.optional(v.picklist(["key", "bucket", "storage"])),
  /** The same in a sentence, with what to do; holds no secret. */
  error: v.optional(v.string()),
  durationMs: v.number(),
  /** Who asked for it: the cron, unless something else stands here. */
  by: v.optional(v.picklist(["cron", "request", "owner"])),
  /** The schedule that a run of the cron belongs to. */
  cron: v.optional(v.string()),
  /** When the token that it brought ends, in ms since the epoch. */
  expiresAt: v.optional(v.number()),
  /** What the key may do. */
  capabilities: v.optional(v.array(v.string())),
  /** When the key ends, in ms since the epoch. */
  keyExpiresAt: v.optional(v.number()),
  /** When the owner was last told of a rotation that fails, and of a key that ends; in ms since the epoch. */
  alertedAt: v.optional(v.number()),
  keyAlertedAt: v.optional(v.number()),
});

/** What one rotation came to. `published-unproven`: B2 did not say that the token works. */
export type RotationOutcome = v.InferOutput<typeof outcomeSchema>;

const historySchema = v.array(outcomeSchema);

/** Reads the record of KV; one that does not parse is begun anew: the next run tells all that is needed. */
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
 * The history with the mint of a request, which writes down nothing: nobody who asks for images can make KV be written to.
 * The token that KV holds tells of it, when no rotation brought it.
 */
export function withMintOfRequest(history: RotationOutcome[], stored: StoredMint | undefined): RotationOutcome[] {
  if (stored === undefined) return history;
  const { issuedAt, expiresAt } = stored;
  const isKnown = history.some(({ at, durationMs }) => at <= issuedAt && issuedAt <= at + durationMs);
  if (isKnown) return history;
  const mint: RotationOutcome = { at: issuedAt, by: "request", outcome: "published", durationMs: 0, expiresAt };
  return [...history, mint].toSorted((one, other) => one.at - other.at);
}

/** When the token that KV holds was minted, and when it ends: ms since the epoch. */
export interface StoredMint {
  issuedAt: number;
  expiresAt: number;
}

/** The newest comes last. */
export function addOutcome(history: RotationOutcome[], outcome: RotationOutcome): RotationOutcome[] {
  return [...history, outcome].slice(-KEPT_OUTCOMES);
}

/** Whether a rotation left something wrong: it failed, or published a token that B2 refuses. */
export function isTrouble({ outcome, cause }: RotationOutcome): boolean {
  return outcome === "failed" || cause !== undefined;
}
