import type { Misfit } from "../setting-kinds.ts";

/** A key to sign URLs with; its id stands in the URL, so that keys can be changed without breaking links. */
export interface SigningKey {
  id: string;
  secret: string;
}

/** What a signature is made over. */
export interface SignedPart {
  /** As `canonicalPath` writes it, with its leading slash; with `?v=3` behind it in a link to a version of the file. */
  canonicalPath: string;
  /** The name of an image preset, or "". */
  preset: string;
  /** Unix seconds. */
  expiresAtSeconds: number;
}

export interface SignatureCheckRequest {
  canonicalPath: string;
  preset: string;
  query: URLSearchParams;
  /** ms since the epoch. */
  now: number;
}

export type SignatureFault = "missing" | "malformed" | "unknown-key" | "expired" | "wrong";

export type SignatureCheck =
  | { kind: "granted"; expiresAtSeconds: number }
  | { kind: "refused"; reason: SignatureFault };

export type SignatureChecker = (asked: SignatureCheckRequest) => Promise<SignatureCheck>;

const ALGORITHM = { name: "HMAC", hash: "SHA-256" };
const LEAST_SECRET_LENGTH = 16;
/** HMAC-SHA256 in base64url without padding: 32 bytes are 43 characters, of which the last has two bits to spare, both 0. */
const SIGNATURE = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;
/** Unix seconds until the year 2286; no sign, no leading zero. */
const EXPIRY = /^[1-9]\d{0,9}$/;

/** Reads `URL_SIGNING_KEYS`: `id:secret[,id:secret…]`. The first signs, all verify. The problem never quotes a secret. */
export function parseSigningKeys(text: string): SigningKey[] | Misfit {
  const keys: SigningKey[] = [];
  for (const part of text.split(",")) {
    const [, id, secret] = /^([A-Za-z0-9_-]{1,32}):(.*)$/s.exec(part.trim()) ?? [];
    if (
      id === undefined ||
      secret === undefined ||
      secret.length < LEAST_SECRET_LENGTH ||
      keys.some((key) => key.id === id)
    ) {
      return {
        problem: `id:secret[,id:secret…], each id once, of letters and digits, each secret of ${LEAST_SECRET_LENGTH} characters or more with no comma (make one with: openssl rand -base64 32)`,
      };
    }
    keys.push({ id, secret });
  }
  return keys;
}

/** The text that is signed: version, path, preset and expiry, each on a line. */
export function signaturePayload({ canonicalPath, preset, expiresAtSeconds }: SignedPart): string {
  return `b2-image-worker:v1\n${canonicalPath}\n${preset}\n${expiresAtSeconds}`;
}

/** A link that opens a private path until it expires. `baseUrl` is the site's origin. */
export async function signUrl({
  baseUrl,
  key,
  ...part
}: SignedPart & { baseUrl: string; key: SigningKey }): Promise<string> {
  const signature = await crypto.subtle.sign(ALGORITHM, await importKey(key, "sign"), encode(signaturePayload(part)));
  const url = new URL(baseUrl + part.canonicalPath);
  if (part.preset !== "") url.searchParams.set("preset", part.preset);
  url.searchParams.set("exp", String(part.expiresAtSeconds));
  url.searchParams.set("kid", key.id);
  url.searchParams.set("sig", toBase64Url(new Uint8Array(signature)));
  return url.href;
}

/** Makes the checker of one isolate; it imports each key once. */
export function createSignatureChecker(keys: readonly SigningKey[]): SignatureChecker {
  const imported = new Map<string, CryptoKey>();

  async function check({ canonicalPath, preset, query, now }: SignatureCheckRequest): Promise<SignatureCheck> {
    const [exp, kid, sig] = ["exp", "kid", "sig"].map((name) => query.getAll(name));
    if (exp === undefined || kid === undefined || sig === undefined) return { kind: "refused", reason: "missing" };
    if (exp.length + kid.length + sig.length === 0) return { kind: "refused", reason: "missing" };
    const [[expiry], [id], [signature]] = [exp, kid, sig];
    const isOneOfEach = exp.length === 1 && kid.length === 1 && sig.length === 1 && query.getAll("preset").length <= 1;
    if (!isOneOfEach || expiry === undefined || id === undefined || signature === undefined)
      return { kind: "refused", reason: "malformed" };
    if (!EXPIRY.test(expiry) || !SIGNATURE.test(signature)) return { kind: "refused", reason: "malformed" };
    const key = await keyOf(id);
    if (key === undefined) return { kind: "refused", reason: "unknown-key" };
    const expiresAtSeconds = Number(expiry);
    const payload = encode(signaturePayload({ canonicalPath, preset, expiresAtSeconds }));
    // `verify` compares in constant time (Web Cryptography, HMAC).
    if (!(await crypto.subtle.verify(ALGORITHM, key, fromBase64Url(signature), payload)))
      return { kind: "refused", reason: "wrong" };
    return now < expiresAtSeconds * 1000
      ? { kind: "granted", expiresAtSeconds }
      : { kind: "refused", reason: "expired" };
  }

  async function keyOf(id: string): Promise<CryptoKey | undefined> {
    const known = imported.get(id);
    const key = keys.find((each) => each.id === id);
    if (known !== undefined || key === undefined) return known;
    const fresh = await importKey(key, "verify");
    imported.set(id, fresh);
    return fresh;
  }

  return check;
}

async function importKey({ secret }: SigningKey, usage: "sign" | "verify"): Promise<CryptoKey> {
  return await crypto.subtle.importKey("raw", encode(secret), ALGORITHM, false, [usage]);
}

function encode(text: string): Uint8Array<ArrayBuffer> {
  // The two sets of types (Workers, Node) do not agree on what `encode` gives.
  return Uint8Array.from(new TextEncoder().encode(text));
}

function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
