import { type ApplicationKey, hasEnded } from "./application-key.ts";
import { type Overrides, requireOverrides } from "./overrides.ts";
import { B2Problem, unauthorized } from "./problem.ts";
import type { World } from "./world.ts";

interface DownloadToken {
  kind: "download";
  key: ApplicationKey;
  bucketId: string;
  fileNamePrefix: string;
  overrides: Overrides;
  expiresAt: number;
}

interface OtherToken {
  kind: "account" | "upload";
  key: ApplicationKey;
  /** Of an upload token: the bucket, or the large file. */
  placeId: string;
  expiresAt: number;
}

type Token = DownloadToken | OtherToken;

/** What a download asks for. */
export interface Wanted {
  bucketId: string;
  fileName: string;
  overrides: Overrides;
}

/** How long account tokens and upload tokens hold. */
const DAY_MS = 24 * 3_600_000;

/** The tokens that were handed out, until they expire by the local clock or their key is gone. */
export class Tokens {
  readonly #tokens = new Map<string, Token>();
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  issueAccountToken(key: ApplicationKey): string {
    return this.#issue({ kind: "account", key, placeId: "", expiresAt: this.#world.now() + DAY_MS });
  }

  /** For one bucket, or for the parts of one large file. */
  issueUploadToken(key: ApplicationKey, placeId: string): string {
    return this.#issue({ kind: "upload", key, placeId, expiresAt: this.#world.now() + DAY_MS });
  }

  issueDownloadToken(
    key: ApplicationKey,
    validSeconds: number,
    reach: Omit<DownloadToken, "kind" | "key" | "expiresAt">,
  ): string {
    return this.#issue({ ...reach, kind: "download", key, expiresAt: this.#world.now() + validSeconds * 1000 });
  }

  /** Everything handed out so far has expired; with `butNewest` all but the last download token. */
  expireAll({ butNewest = false } = {}): void {
    const all = [...this.#tokens.values()];
    const kept = butNewest ? all.findLast(({ kind }) => kind === "download") : undefined;
    for (const token of all) if (token !== kept) token.expiresAt = 0;
  }

  /** The key behind an account token. Throws 401. */
  accountKey(text: string | null): ApplicationKey {
    const token = this.#find(text);
    if (token.kind !== "account") throw invalid();
    return token.key;
  }

  /** The key behind an upload token. Throws 401 unless it is for this upload URL. */
  uploadKey(request: Request, placeId: string): ApplicationKey {
    const token = this.#find(request.headers.get("Authorization"));
    if (token.kind !== "upload" || token.placeId !== placeId) throw invalid();
    return token.key;
  }

  /** Throws 401 (or 403, by the switch) when a token does not open a file. */
  checkDownload(text: string | null, wanted: Wanted): void {
    const token = this.#find(text);
    if (token.kind === "upload") throw invalid();
    if (token.kind === "download") requireOverrides(this.#world, token.overrides, wanted.overrides);
    const { bucketIds, prefix, mayRead } =
      token.kind === "download"
        ? { bucketIds: [token.bucketId], prefix: token.fileNamePrefix, mayRead: true }
        : {
            bucketIds: token.key.bucketIds,
            prefix: token.key.namePrefix ?? "",
            mayRead: token.key.capabilities.includes("readFiles"),
          };
    const reaches = (bucketIds?.includes(wanted.bucketId) ?? true) && wanted.fileName.startsWith(prefix);
    if (!mayRead || !reaches) throw unauthorized(this.#world, "Not authorized to download this file");
  }

  /** A download token is for downloads by name only. Throws 401. */
  checkDownloadById(text: string | null, wanted: Wanted): void {
    this.accountKey(text);
    this.checkDownload(text, wanted);
  }

  #find(text: string | null): Token {
    if (text === null || text === "") throw new B2Problem(401, "missing_auth_token", "Authorization header is missing");
    const token = this.#tokens.get(text);
    if (token === undefined) throw invalid();
    const { keys, switches, now } = this.#world;
    const livesByItsKey = token.kind !== "download" || switches.downloadTokens === "die-with-key";
    if (livesByItsKey && !keys.includes(token.key)) throw invalid();
    if (now() >= token.expiresAt || (livesByItsKey && hasEnded(token.key, now())))
      throw new B2Problem(401, "expired_auth_token", "Authorization token has expired");
    return token;
  }

  #issue(token: Token): string {
    const text = `4_${token.kind}_${crypto.randomUUID().replaceAll("-", "")}_local=`;
    this.#tokens.set(text, token);
    return text;
  }
}

function invalid(): B2Problem {
  return new B2Problem(401, "bad_auth_token", "Invalid authorization token");
}
