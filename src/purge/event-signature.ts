/** Version 1, the only one that B2 documents: HMAC-SHA256 as 64 hex digits. */
const SIGNATURE = /^v1=([0-9a-f]{64})$/;
const ALGORITHM = { name: "HMAC", hash: "SHA-256" };

/** Tells whether the field `X-Bz-Event-Notification-Signature` is the signature of these bytes. */
export type EventVerifier = (body: BufferSource, field: string | null) => Promise<boolean>;

/**
 * Makes the verifier of one isolate. `secret` is the signing secret of B2's event notification rule.
 * Source: https://www.backblaze.com/docs/cloud-storage-event-notifications-reference-guide
 */
export function createEventVerifier(secret: string): EventVerifier {
  let imported: CryptoKey | undefined;

  return async (body, field) => {
    const digits = SIGNATURE.exec(field ?? "")?.[1]?.match(/../g) ?? [];
    const signature = Uint8Array.from(digits, (pair) => Number.parseInt(pair, 16));
    imported ??= await crypto.subtle.importKey("raw", new TextEncoder().encode(secret), ALGORITHM, false, ["verify"]);
    // Compares in constant time, and gives false for a signature of another length.
    return await crypto.subtle.verify(ALGORITHM, imported, signature, body);
  };
}
