import type { DownloadToken } from "../../../src/token/download-token.ts";

/** A download token of the local B2's key and bucket, issued now for seven days. */
export function tokenNamed(token: string, issuedAt: number): DownloadToken {
  return {
    token,
    downloadUrl: "https://f002.backblazeb2.com",
    bucketId: "e73ede9969c64427a54c0013",
    bucketName: "images",
    fileNamePrefix: "",
    applicationKeyId: "local-key-id",
    issuedAt,
    expiresAt: issuedAt + 604_800_000,
  };
}
