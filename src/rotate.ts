import pRetry, { type RetryContext } from "p-retry";
import { sendAlert } from "./alert.ts";
import { pauseBeyond } from "./b2/retry.ts";
import { describeError, type Log } from "./log.ts";
import { type DownloadToken, isFresh, isUnexpired, lessThanHalfLeft } from "./token/download-token.ts";
import type { Minted } from "./token/mint.ts";
import { MintError } from "./token/mint-error.ts";
import type { RotationOutcome } from "./token/rotation-history.ts";
import { KvError, type TokenStore } from "./token/store.ts";

/** Tries of a mint or of a write to KV in one run. Few: the next run comes in hours, and B2's calls are counted. */
const RETRIES = 2;
const FIRST_DELAY_MS = 1_000;
/** B2 may ask for a longer pause than p-retry's. A cron run has 15 minutes, but one that waits so long had better come again. */
const LONGEST_PAUSE_MS = 60_000;

export interface RotationParts {
  store: TokenStore;
  mint: () => Promise<Minted>;
  log: Log;
  now: () => number;
  alertWebhookUrl: string | undefined;
  /** An owner sees what failed and may try again: only the cron tries by itself. */
  by?: "cron" | "owner";
  /** The schedule of the cron. */
  cron?: string;
}

/** A new token that B2 refuses twice, while KV holds a fresh one that may be better. */
export class TokenRefusedError extends Error {
  readonly code = "token-refused";

  constructor() {
    super("B2 refuses the new token. The one in KV stays. Does the key have readFiles for the bucket and prefix?");
    this.name = "TokenRefusedError";
  }
}

/**
 * What the cron and the owner do: mint, publish last, record. A repeated or overlapping run does no harm: the last token written wins,
 * and both are good. Throws what went wrong, so that Cloudflare shows the run as failed.
 */
export async function rotate(parts: RotationParts): Promise<void> {
  const { store, mint, log, now, alertWebhookUrl, by = "cron", cron } = parts;
  const at = now();
  const run = { at, by, ...(cron !== undefined && { cron }) };
  const retryOptions = { retries: by === "cron" ? RETRIES : 0, minTimeout: FIRST_DELAY_MS, randomize: true };
  try {
    const { token, trial } = await pRetry(mint, { ...retryOptions, shouldRetry: mayMintAgain });
    if (trial.kind === "refused" && (await holdsFresh(store, now()))) throw new TokenRefusedError();
    const replaced = await readStored(store);
    await pRetry(() => store.write(token), retryOptions);
    const outcome = trial.kind === "accepted" ? "published" : "published-unproven";
    const durationMs = now() - at;
    log(outcome === "published" ? "info" : "warn", "rotation.done", {
      by,
      trial: trial.kind,
      expiresAt: token.expiresAt,
      durationMs,
      ...(trial.kind === "unclear" && { fault: trial.fault.message }),
    });
    await recordOutcome(parts, { ...run, outcome, durationMs, expiresAt: token.expiresAt }, replaced);
  } catch (error) {
    const step = stepOf(error);
    const durationMs = now() - at;
    log("error", "rotation.failed", { by, step, error: describeError(error), durationMs });
    await recordOutcome(parts, { ...run, outcome: "failed", step, durationMs });
    if (alertWebhookUrl !== undefined) await alertWhenLate({ store, log, now, alertWebhookUrl }, error);
    throw error;
  }
}

/** A wrong key stays wrong: only a fault of B2 that may pass is worth another call, and after the pause that B2 asks for. */
async function mayMintAgain({ error, retryDelay }: RetryContext): Promise<boolean> {
  const fault = error instanceof MintError ? error.cause : undefined;
  if (fault === undefined || !(fault.retryable || fault.code === "timeout")) return false;
  const extraMs = pauseBeyond(retryDelay, fault);
  if (retryDelay + extraMs > LONGEST_PAUSE_MS) return false;
  await new Promise((resolve) => setTimeout(resolve, extraMs));
  return true;
}

async function holdsFresh(store: TokenStore, now: number): Promise<boolean> {
  const stored = await store.read({ pastCache: true });
  return stored !== undefined && isFresh(stored.token, now);
}

/** The token of this key that is about to be replaced. That it cannot be read keeps nobody from a new one. */
async function readStored(store: TokenStore): Promise<DownloadToken | undefined> {
  const stored = await store.read({ pastCache: true }).catch(() => undefined);
  return stored?.isOfThisKey ? stored.token : undefined;
}

function stepOf(error: unknown): string {
  if (error instanceof MintError) return error.step;
  if (error instanceof TokenRefusedError) return "trial";
  return error instanceof KvError ? "publish" : "unknown";
}

async function recordOutcome(
  { store, log }: Pick<RotationParts, "store" | "log">,
  outcome: RotationOutcome,
  replaced?: DownloadToken,
): Promise<void> {
  try {
    await store.addOutcome(outcome, replaced);
  } catch (error) {
    log("error", "rotation.not-recorded", { error: describeError(error) });
  }
}

type AlertParts = Pick<RotationParts, "store" | "log" | "now"> & { alertWebhookUrl: string };

/** Not at the first failure: B2's API may be down for days before a visitor would notice. */
async function alertWhenLate({ store, log, now, alertWebhookUrl }: AlertParts, error: unknown): Promise<void> {
  const stored = (await store.read({ pastCache: true }).catch(() => undefined))?.token;
  if (stored !== undefined && !lessThanHalfLeft(stored, now())) return;
  const text = `b2-image-worker: the rotation of the download token is failing. ${describeError(error)} ${whatIsLeft(stored, now())}`;
  await sendAlert(alertWebhookUrl, { event: "rotation.failed", text }, log);
}

function whatIsLeft(stored: DownloadToken | undefined, now: number): string {
  if (stored === undefined) return "There is no token to be found in KV.";
  const end = new Date(stored.expiresAt).toISOString();
  return isUnexpired(stored, now) ? `Images are served until ${end}.` : `The token in KV expired at ${end}.`;
}
