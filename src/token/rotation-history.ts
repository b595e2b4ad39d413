import * as v from "valibot";

/** How many rotations are kept: 12 days of the default schedule. */
const KEPT_OUTCOMES = 50;

const outcomeSchema = v.object({
  /** When the run began, in ms since the epoch. */
  at: v.number(),
  outcome: v.picklist(["published", "published-unproven", "failed"]),
  /** Where a failed run ended: a step of the mint, `trial` or `publish`. */
  step: v.optional(v.string()),
  durationMs: v.number(),
  /** Who asked for it: the cron, unless something else stands here. */
  by: v.optional(v.picklist(["cron", "request", "owner"])),
  /** The schedule that a run of the cron belongs to. */
  cron: v.optional(v.string()),
  /** When the token that it brought ends, in ms since the epoch. */
  expiresAt: v.optional(v.number()),
});

/** What one rotation came to. `published-unproven`: B2 did not say that the token works. */
export type RotationOutcome = v.InferOutput<typeof outcomeSchema>;

const historySchema = v.array(outcomeSchema);

/** Reads the record of KV; one that does not parse is begun anew, since nothing depends on it. */
export function parseHistory(text: string | null): RotationOutcome[] {
  if (text === null) return [];
  try {
    const result = v.safeParse(historySchema, JSON.parse(text));
    return result.success ? result.output : [];
  } catch {
    return [];
  }
}

/** The newest comes last. */
export function addOutcome(history: RotationOutcome[], outcome: RotationOutcome): RotationOutcome[] {
  return [...history, outcome].slice(-KEPT_OUTCOMES);
}
