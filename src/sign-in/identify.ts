import { clientAddress } from "../access/client-address.ts";
import type { Log } from "../log.ts";
import type { Rejection } from "../rejection.ts";
import { rayOf } from "../visit.ts";
import { type AccessContext, type Operator, type SignIn, type SignInRules, signIn } from "./sign-in.ts";
import { SIGN_IN_PAUSE_SECONDS, type SignInLimit } from "./sign-in-limit.ts";

/** The parts of a site that guard everything of the owner's. */
export interface Gate {
  signInRules: SignInRules;
  signInLimit: SignInLimit;
  log: Log;
}

/** `paused`: this client gave too many wrong passwords. It is not even told whether this one is right. */
export type Identity = SignIn | { kind: "paused" };

/** Finds out who asks, and counts and logs wrong passwords on every route. */
export async function identify(
  { request, access }: { request: Request; access: AccessContext | undefined },
  { signInRules, signInLimit, log }: Gate,
): Promise<Identity> {
  const address = clientAddress(request);
  if (request.headers.has("Authorization") && signInLimit.isPaused(address)) return { kind: "paused" };
  const result = await signIn(request, signInRules, access);
  if (result.kind !== "stranger" || !result.wrong) return result;
  log("warn", "sign-in.refused", { ray: rayOf(request) });
  await signInLimit.count(address);
  return signInLimit.isPaused(address) ? { kind: "paused" } : result;
}

/** Whether the settings have a way to sign in. Without one, the owner's routes do not exist. */
export function hasOwner({ signInRules: { operatorToken, accessAudience } }: Gate): boolean {
  return operatorToken !== undefined || accessAudience !== undefined;
}

/** The refusal for somebody who is not the owner. */
export function refusalOf({ kind }: Exclude<Identity, Operator>, { signInRules }: Gate): Rejection {
  return kind === "paused"
    ? { kind: "too-many-requests", retryAfterSeconds: SIGN_IN_PAUSE_SECONDS }
    : { kind: "unauthorized", byPassword: signInRules.operatorToken !== undefined };
}
