import { describeError, type Log } from "../log.ts";
import type { BackOff } from "./back-off.ts";
import type { Minted } from "./mint.ts";

export interface MintParts {
  mint: () => Promise<Minted>;
  log: Log;
  backOff: BackOff;
}

/**
 * A mint for a request; undefined when it failed. One that does not help makes the back-off grow: also one whose token B2
 * refuses, for a key that lost a right still gets tokens. Only a download shows that it did help.
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
