/** A new token that B2 refuses twice, while KV holds a fresh one that may be better. */
export class TokenRefusedError extends Error {
  readonly code = "token-refused";

  constructor() {
    super("B2 refuses the new token. The one in KV stays. Does the key have readFiles for the bucket and prefix?");
    this.name = "TokenRefusedError";
  }
}
