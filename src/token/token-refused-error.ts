/** B2 refused a new token twice, and it is not published, since KV holds a fresh one that may work. */
export class TokenRefusedError extends Error {
  readonly code = "token-refused";

  constructor() {
    super("B2 refuses the new token. The one in KV stays. Does the key have readFiles for the bucket and prefix?");
    this.name = "TokenRefusedError";
  }
}
