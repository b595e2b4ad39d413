import { readPassword } from "./password.ts";

/** The owner, and how the request proved it: by `OPERATOR_TOKEN` in one of two forms, or by Cloudflare Access. */
export type Operator = { kind: "operator"; by: "bearer" | "basic" | "access" };

/** Who asks. `wrong`: the request gave a password, but not the right one. */
export type SignIn = Operator | { kind: "stranger"; wrong: boolean };

/** The settings that say how the owner signs in. */
export interface SignInRules {
  /** undefined: no password opens anything. */
  operatorToken: string | undefined;
  /** The audience tag of the Access application in front of the owner's pages; undefined: Access opens nothing. */
  accessAudience: string | undefined;
}

/** Cloudflare's `ctx.access`: an identity that the platform vouches for, and that no request field can forge. */
export type AccessContext = Pick<CloudflareAccessContext, "aud" | "getIdentity">;

/** Finds out who asks. Passwords are compared in constant time. */
export async function signIn(
  request: Request,
  { operatorToken, accessAudience }: SignInRules,
  access: AccessContext | undefined,
): Promise<SignIn> {
  const given = operatorToken === undefined ? undefined : readPassword(request);
  if (given !== undefined && operatorToken !== undefined && (await isSame(given.text, operatorToken))) {
    return { kind: "operator", by: given.scheme };
  }
  if (access !== undefined && accessAudience !== undefined && access.aud === accessAudience) {
    if ((await access.getIdentity()) !== undefined) return { kind: "operator", by: "access" };
  }
  return { kind: "stranger", wrong: given !== undefined };
}

/** Compares hashes: `timingSafeEqual` needs equal lengths, and a hash does not show where two texts begin to differ. */
async function isSame(one: string, other: string): Promise<boolean> {
  const [first, second] = await Promise.all([sha256(one), sha256(other)]);
  return crypto.subtle.timingSafeEqual(first, second);
}

async function sha256(text: string): Promise<ArrayBuffer> {
  return await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
}
