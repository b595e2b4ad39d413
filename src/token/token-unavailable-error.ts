/** No token is available now. `cause` is the error of the last mint, if it failed. */
export class TokenUnavailableError extends Error {
  readonly code = "token-unavailable";
  readonly retryAfterSeconds: number;

  constructor(reason: string, { retryAfterMs, cause }: { retryAfterMs: number; cause: unknown }) {
    super(`no download token: ${reason}`, { cause });
    this.name = "TokenUnavailableError";
    this.retryAfterSeconds = Math.max(1, Math.ceil(retryAfterMs / 1000));
  }
}
