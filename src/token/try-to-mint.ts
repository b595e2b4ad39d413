import { describeError, type Log } from "../log.ts";
import type { BackOff } from "./back-off.ts";
import type { Minted } from "./mint.ts";

export interface MintParts {
  mint: () => Promise<Minted>;
  log: Log;
  backOff: BackOff;
}

/**
 * Mints for a request; undefined when it failed. The back-off grows after a failure, and also when B2 refuses the new token:
 * a key that has lost a right still gets tokens. Only a download shows that a token works.
 */
export async function tryToMint(
  { mint, log, backOff }: MintParts,
  { ray }: { ray: string | undefined },
): Promise<Minted | undefined> {
  try {
    const minted = await mint();
    const { token, trial } = minted;
    backOff.minted(token.token);
    const fault = trial.kind === "unclear" ? trial.fault.message : undefined;
    log(trial.kind === "accepted" ? "info" : "warn", "token.minted", { on: "request", ray, trial: trial.kind, fault });
    if (trial.kind === "refused") backOff.refused(token.token);
    return minted;
  } catch (cause) {
    log("error", "token.mint-failed", { on: "request", ray, error: describeError(cause) });
    backOff.fail(cause);
    return undefined;
  }
}
