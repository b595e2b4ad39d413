import type { Misfit } from "../setting-kinds.ts";

/** A key to sign URLs with. Its id is part of the URL, so a new key can be added while links of older ones still work. */
export interface SigningKey {
  id: string;
  secret: string;
}

/** The parts that a signature covers. The path is that of a file, or of a folder, whose gallery the link opens. */
export interface SignedPart {
  /**
   * The path in its normal encoding, with its leading slash, followed by `?v=3` in a link to a version of a file. A folder's
   * path ends with a slash.
   */
  canonicalPath: string;
  /** The name of an image preset, or "". */
  preset: string;
  /** Unix seconds. */
  expiresAtSeconds: number;
}

export interface SignatureCheckRequest extends Pick<SignedPart, "canonicalPath"> {
  /** The preset that will be shown, or "" for the original. The query must not name another one. */
  preset: string;
  query: URLSearchParams;
  /** ms since the epoch. */
  now: number;
}

export type SignatureFault = "missing" | "malformed" | "unknown-key" | "expired" | "wrong";

export type SignatureCheck =
  | { kind: "granted"; expiresAtSeconds: number; keyId: string }
  | { kind: "refused"; reason: SignatureFault };

export type SignatureChecker = (asked: SignatureCheckRequest) => Promise<SignatureCheck>;

/** Signs, and gives the query of the link, without its question mark. Throws when no key has the id. */
export type Signer = (part: SignedPart, keyId: string) => Promise<string>;

const ALGORITHM = { name: "HMAC", hash: "SHA-256" };
const LEAST_SECRET_LENGTH = 16;
/** HMAC-SHA256 in base64url without padding. Its 32 bytes are 43 characters; the last one has two unused bits, both 0. */
const SIGNATURE = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;
/** Unix seconds until the year 2286; no sign, no leading zero. */
const EXPIRY = /^[1-9]\d{0,9}$/;

/** Reads `URL_SIGNING_KEYS`: `id:secret[,id:secret…]`. The first key signs, all of them verify. The problem never quotes a secret. */
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

/**
 * The text that is signed: form, path, preset and expiry, one per line. Folders have a form of their own, so that a link to
 * a file can never pass as a link to a folder.
 */
export function signaturePayload({ canonicalPath, preset, expiresAtSeconds }: SignedPart): string {
  const form = canonicalPath.endsWith("/") ? "b2-image-worker:folder:v1" : "b2-image-worker:v1";
  return `${form}\n${canonicalPath}\n${preset}\n${expiresAtSeconds}`;
}

/** Makes a link that opens a private path until it expires. `baseUrl` is the site's origin. */
export async function signUrl({
  baseUrl,
  key,
  ...part
}: SignedPart & { baseUrl: string; key: SigningKey }): Promise<string> {
  const query = await createSigner([key])(part, key.id);
  return new URL(baseUrl + withQuery(part.canonicalPath, query)).href;
}

/** Appends parameters to the query of an address. */
export function withQuery(address: string, query: string): string {
  return query === "" ? address : `${address}${address.includes("?") ? "&" : "?"}${query}`;
}

/** Makes the signer of one isolate. It imports each key once. */
export function createSigner(keys: readonly SigningKey[]): Signer {
  const keyOf = createKeyRing(keys, "sign");

  async function sign(part: SignedPart, keyId: string): Promise<string> {
    const key = await keyOf(keyId);
    if (key === undefined) throw new Error("There is no key with this id to sign with.");
    const signature = await crypto.subtle.sign(ALGORITHM, key, encode(signaturePayload(part)));
    const preset = part.preset === "" ? "" : `preset=${encodeURIComponent(part.preset)}&`;
    return `${preset}exp=${part.expiresAtSeconds}&kid=${keyId}&sig=${toBase64Url(new Uint8Array(signature))}`;
  }

  return sign;
}

/** Makes the signature checker of one isolate. It imports each key once. */
export function createSignatureChecker(keys: readonly SigningKey[]): SignatureChecker {
  const keyOf = createKeyRing(keys, "verify");

  async function check({ canonicalPath, preset, query, now }: SignatureCheckRequest): Promise<SignatureCheck> {
    const [exp, kid, sig] = ["exp", "kid", "sig"].map((name) => query.getAll(name));
    if (exp === undefined || kid === undefined || sig === undefined) return { kind: "refused", reason: "missing" };
    if (exp.length + kid.length + sig.length === 0) return { kind: "refused", reason: "missing" };
    const [[expiry], [id], [signature]] = [exp, kid, sig];
    const presets = query.getAll("preset").length;
    const isOneOfEach = exp.length === 1 && kid.length === 1 && sig.length === 1 && presets <= (preset === "" ? 0 : 1);
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
      ? { kind: "granted", expiresAtSeconds, keyId: id }
      : { kind: "refused", reason: "expired" };
  }

  return check;
}

/** Makes a function that gives the imported key of an id; undefined when there is none. */
function createKeyRing(keys: readonly SigningKey[], usage: "sign" | "verify") {
  const imported = new Map<string, CryptoKey>();

  async function keyOf(id: string): Promise<CryptoKey | undefined> {
    const known = imported.get(id);
    const key = keys.find((each) => each.id === id);
    if (known !== undefined || key === undefined) return known;
    const fresh = await crypto.subtle.importKey("raw", encode(key.secret), ALGORITHM, false, [usage]);
    imported.set(id, fresh);
    return fresh;
  }

  return keyOf;
}

function encode(text: string): Uint8Array<ArrayBuffer> {
  // The types of Workers and of Node disagree about the result of `encode`.
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
