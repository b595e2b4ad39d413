import type { B2Error } from "../b2/error.ts";

/** The steps at which a mint can fail, in their order. The trial is not among them: it never fails a mint. */
export type MintStep = "authorize" | "bucket" | "rights" | "download-authorization";

/** A failed mint: the step, B2's fault as the `cause`, and advice on what the owner should change. Holds no secret. */
export class MintError extends Error {
  readonly step: MintStep;
  readonly advice: string;
  override readonly cause: B2Error | undefined;

  constructor(step: MintStep, advice: string, cause?: B2Error) {
    super(`${step}: ${cause === undefined ? "" : `${cause.message}. `}${advice}`);
    this.name = "MintError";
    this.step = step;
    this.advice = advice;
    this.cause = cause;
  }
}

/** The settings name no bucket that the key reaches. Strangers may see the message, so it does not hold the names. */
export class BucketChoiceError extends MintError {
  /** The names of the buckets that the key reaches. */
  readonly reached: readonly string[];

  constructor(advice: string, reached: readonly string[]) {
    super("bucket", advice);
    this.reached = reached;
  }
}
