/** There is no token to be had now. */
export class TokenUnavailableError extends Error {
  readonly code = "token-unavailable";
  readonly retryAfterSeconds: number;

  constructor(retryAfterMs: number, cause?: unknown) {
    super("no download token", { cause });
    this.name = "TokenUnavailableError";
    this.retryAfterSeconds = Math.max(1, Math.ceil(retryAfterMs / 1000));
  }
}
