import type { DownloadToken, TokenScope } from "../../../src/token/download-token.ts";
import { MINT_SETTINGS } from "./b2-behind-fetch.ts";

const WEEK_MS = 604_800_000;

/** The scope of a Worker whose key is the local B2's. */
export const SCOPE: TokenScope = {
  applicationKeyId: MINT_SETTINGS.applicationKeyId,
  apiUrl: MINT_SETTINGS.apiUrl,
  bucketName: undefined,
  fileNamePrefix: "",
};

/** Where KV has that scope's records. */
export const TOKEN_KEY = "download-token/key/local-key-id/";
/** Where earlier releases had every token. */
export const OLD_TOKEN_KEY = "download-token";
export const HISTORY_KEY = "rotation-history/key/local-key-id/";

/** A token of that scope that lives for seven days. */
export function tokenIssuedAt(issuedAt: number, changes: Partial<DownloadToken> = {}): DownloadToken {
  return {
    token: "4_download_0123",
    downloadUrl: MINT_SETTINGS.apiUrl,
    bucketId: "e73ede9969c64427a54c0013",
    bucketName: "images",
    fileNamePrefix: SCOPE.fileNamePrefix,
    applicationKeyId: SCOPE.applicationKeyId,
    issuedAt,
    expiresAt: issuedAt + WEEK_MS,
    ...changes,
  };
}
