import pRetry, { type RetryContext } from "p-retry";
import { excessOf, narrowKeyCommand } from "../b2/application-key.ts";
import { pauseBeyond } from "../b2/retry.ts";
import { describeError, type Log } from "../log.ts";
import { isFresh } from "../token/download-token.ts";
import { failureCauseOf } from "../token/failure-cause.ts";
import type { Minted } from "../token/mint.ts";
import { MintError } from "../token/mint-error.ts";
import type { RotationOutcome } from "../token/rotation-history.ts";
import { KvError, type StoredToken, type TokenStore } from "../token/store.ts";
import { TokenRefusedError } from "../token/token-refused-error.ts";
import { recordRotation } from "./record.ts";

/** How often a mint or a write to KV is retried in one run. Seldom: B2 counts calls, and the next run comes in a few hours. */
const RETRIES = 2;
const FIRST_DELAY_MS = 1_000;
/** B2 may ask for a longer pause than p-retry makes. Beyond this one it is better to leave it to the next run. */
const LONGEST_PAUSE_MS = 60_000;

/** What `rotate` needs, and who asks for it. */
export interface RotationParts {
  store: TokenStore;
  mint: () => Promise<Minted>;
  log: Log;
  now: () => number;
  alertWebhookUrl: string | undefined;
  /** The cron retries by itself. An owner sees what failed, and can try again. */
  by?: "cron" | "owner";
  /** The schedule of the cron trigger that started this run. */
  cron?: string;
}

/** The record in KV, or the error that kept it from being read. */
type Reading = { stored: StoredToken | undefined } | { fault: unknown };

type Result = { kind: "published"; minted: Minted } | { kind: "failed"; error: unknown };

/**
 * Runs one rotation, for the cron or for the owner: mints a token, publishes it, records the outcome and sends alerts. A
 * repeated or overlapping run does no harm: the last token written wins, and both are good. Rethrows the error of a failed
 * run at the end, so that Cloudflare shows the run as failed.
 */
export async function rotate(parts: RotationParts): Promise<void> {
  const { now, by = "cron", cron } = parts;
  const at = now();
  const minting = await pRetry(parts.mint, { ...retryOptions(by), shouldRetry: mayMintAgain }).then(
    (minted): Result => ({ kind: "published", minted }),
    (error: unknown): Result => ({ kind: "failed", error }),
  );
  // After the mint: another run may have published meanwhile.
  const reading = await read(parts.store);
  const result = minting.kind === "failed" ? minting : await publish(parts, minting.minted, reading);
  const run = { at, by, ...(cron !== undefined && { cron }), durationMs: now() - at };
  const outcome: RotationOutcome = { ...run, ...whatCameOf(result) };
  logOutcome(parts.log, outcome, result);
  await recordRotation(parts, outcome, "fault" in reading ? undefined : reading.stored);
  if (result.kind === "failed") throw result.error;
}

async function publish(parts: RotationParts, minted: Minted, reading: Reading): Promise<Result> {
  const { store, now } = parts;
  try {
    if (minted.trial.kind === "refused") refuseUnlessBest(reading, now());
    await pRetry(() => store.write(minted.token), retryOptions(parts.by));
    return { kind: "published", minted };
  } catch (error) {
    return { kind: "failed", error };
  }
}

/** Throws when KV holds a fresh token, which is better than a new one that B2 refuses. */
function refuseUnlessBest(reading: Reading, now: number): void {
  if ("fault" in reading) throw reading.fault;
  if (reading.stored !== undefined && isFresh(reading.stored.token, now)) throw new TokenRefusedError();
}

function retryOptions(by: RotationParts["by"] = "cron") {
  return { retries: by === "cron" ? RETRIES : 0, minTimeout: FIRST_DELAY_MS, randomize: true };
}

/** Only a fault of B2 that may pass is worth another call, after the pause that B2 asks for. A wrong key stays wrong. */
async function mayMintAgain({ error, retryDelay }: RetryContext): Promise<boolean> {
  const fault = error instanceof MintError ? error.cause : undefined;
  if (fault === undefined || !(fault.retryable || fault.code === "timeout")) return false;
  const extraMs = pauseBeyond(retryDelay, fault);
  if (retryDelay + extraMs > LONGEST_PAUSE_MS) return false;
  await new Promise((resolve) => setTimeout(resolve, extraMs));
  return true;
}

async function read(store: TokenStore): Promise<Reading> {
  try {
    return { stored: await store.read({ pastCache: true }) };
  } catch (fault) {
    return { fault };
  }
}

function whatCameOf(result: Result): Omit<RotationOutcome, "at" | "durationMs"> {
  if (result.kind === "failed") {
    const { error } = result;
    return { outcome: "failed", step: stepOf(error), cause: failureCauseOf(error), error: describeError(error) };
  }
  const { token, trial, key } = result.minted;
  return {
    outcome: trial.kind === "accepted" ? "published" : "published-unproven",
    ...(trial.kind === "refused" && { cause: "key", error: REFUSED }),
    expiresAt: token.expiresAt,
    capabilities: key.capabilities,
    ...(key.keyExpiresAt !== undefined && { keyExpiresAt: key.keyExpiresAt }),
  };
}

const REFUSED =
  "B2 refuses the new token, and there is no better one. Does the key have readFiles for the bucket and prefix?";

function stepOf(error: unknown): string {
  if (error instanceof MintError) return error.step;
  if (error instanceof TokenRefusedError) return "trial";
  return error instanceof KvError ? "publish" : "unknown";
}

function logOutcome(log: Log, { by, step, error, durationMs }: RotationOutcome, result: Result): void {
  if (result.kind === "failed") {
    log("error", "rotation.failed", { by, step, error, durationMs });
    return;
  }
  const { token, trial, key } = result.minted;
  log(trial.kind === "accepted" ? "info" : "warn", "rotation.done", {
    by,
    trial: trial.kind,
    expiresAt: token.expiresAt,
    keyExpiresAt: key.keyExpiresAt,
    durationMs,
    ...(trial.kind === "unclear" && { fault: trial.fault.message }),
  });
  const excess = excessOf(key);
  if (excess.length === 0) return;
  const advice = `Make a narrower key with: ${narrowKeyCommand(token, key.capabilities)}`;
  log("warn", "key.more-than-needed", { excess: excess.join(", "), advice });
}
