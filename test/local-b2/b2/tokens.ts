import { B2Problem, unauthorized } from "./problem.ts";
import type { ApplicationKey } from "./world.ts";

interface AccountToken {
  kind: "account";
  key: ApplicationKey;
  expiresAt: number;
}

interface DownloadToken {
  kind: "download";
  bucketId: string;
  fileNamePrefix: string;
  expiresAt: number;
}

type Token = AccountToken | DownloadToken;

const ACCOUNT_TOKEN_MS = 24 * 3_600_000;

/** The tokens that were handed out, until they expire by the local clock. */
export class Tokens {
  readonly #tokens = new Map<string, Token>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  issueAccountToken(key: ApplicationKey): string {
    return this.#issue("account", { kind: "account", key, expiresAt: this.#now() + ACCOUNT_TOKEN_MS });
  }

  issueDownloadToken(bucketId: string, fileNamePrefix: string, validSeconds: number): string {
    return this.#issue("download", {
      kind: "download",
      bucketId,
      fileNamePrefix,
      expiresAt: this.#now() + validSeconds * 1000,
    });
  }

  /** Everything handed out so far has expired. */
  expireAll(): void {
    for (const token of this.#tokens.values()) token.expiresAt = 0;
  }

  /** The key behind an account token. Throws 401. */
  accountKey(text: string | null): ApplicationKey {
    const token = this.#find(text);
    if (token.kind !== "account") throw new B2Problem(401, "bad_auth_token", "Invalid authorization token");
    return token.key;
  }

  /** Whether a token opens a file: throws 401 when it does not. */
  checkDownload(text: string | null, file: { bucketId: string; fileName: string }): void {
    const token = this.#find(text);
    const { bucketIds, prefix, mayRead } =
      token.kind === "download"
        ? { bucketIds: [token.bucketId], prefix: token.fileNamePrefix, mayRead: true }
        : {
            bucketIds: token.key.bucketIds,
            prefix: token.key.namePrefix ?? "",
            mayRead: token.key.capabilities.includes("readFiles"),
          };
    const reaches = (bucketIds?.includes(file.bucketId) ?? true) && file.fileName.startsWith(prefix);
    if (!mayRead || !reaches) throw unauthorized("Not authorized to download this file");
  }

  /** A download token is for downloads by name only. Throws 401. */
  checkDownloadById(text: string | null, file: { bucketId: string; fileName: string }): void {
    this.accountKey(text);
    this.checkDownload(text, file);
  }

  #find(text: string | null): Token {
    if (text === null || text === "") throw new B2Problem(401, "missing_auth_token", "Authorization header is missing");
    const token = this.#tokens.get(text);
    if (token === undefined) throw new B2Problem(401, "bad_auth_token", "Invalid authorization token");
    if (this.#now() >= token.expiresAt)
      throw new B2Problem(401, "expired_auth_token", "Authorization token has expired");
    return token;
  }

  #issue(kind: string, token: Token): string {
    const text = `4_${kind}_${crypto.randomUUID().replaceAll("-", "")}_local=`;
    this.#tokens.set(text, token);
    return text;
  }
}
