import type { SimulatedIsolate, Visit } from "./isolate.ts";
import { apiFaultDuring } from "./outage.ts";
import { recordIn, TOKEN_KEY } from "./promise.ts";
import type { Scene } from "./scene.ts";
import { isUsable } from "./witness.ts";

/** Fresh is a token with more than this left (§2); a minute more, for B2 lets it die a little early. */
const MARGIN_MS = 6 * 60_000;
/** More than the Worker waits for KV. */
const KV_TIMEOUT_MS = 6_000;

/** What is wrong with a mint that begins now on the request path, by §2 of the specification; undefined when nothing is. */
export function faultOfMint(
  { applicationKeyId, place, witness }: SimulatedIsolate,
  { b2, kv, time }: Scene,
): string | undefined {
  const now = time.now();
  if (witness.minting > 0) return "a second mint at the same time in one isolate";
  if (now < witness.mayMintAt)
    return `a mint ${Math.round((witness.mayMintAt - now) / 1000)} s before the back-off ended`;
  const isFresh = (token: string) =>
    isUsable(b2.grants.get(token), { applicationKeyId, from: now, to: now + MARGIN_MS });
  const told = [...witness.known.keys()].find(isFresh);
  if (told !== undefined) return `a mint although the isolate had been told ${told}, which is fresh`;
  // «Read KV past its cache, mint if KV holds the same one.»
  const isAfterRefusal = [...witness.waiting].every(({ tokens }) => tokens.length > 0);
  const seen = recordIn(kv.seenAt(place, TOKEN_KEY))?.token ?? "";
  if (!isAfterRefusal || kv.faultDuring(now - KV_TIMEOUT_MS, now) || !isFresh(seen)) return undefined;
  return `a mint after a 401, although KV past its cache shows ${seen}, which is fresh`;
}

/** A download with a token that died of age, though a better one was to be had: the margin is there against that. */
export function faultOfAge(
  { startedAt, endedAt, tokens, before }: Visit,
  { witness }: SimulatedIsolate,
  { world, b2 }: Scene,
): string | undefined {
  const old = tokens.find((token) => (b2.grants.get(token)?.expiresAt ?? 0) <= endedAt);
  if (old === undefined || (b2.grants.get(old)?.revokedAt ?? 0) <= endedAt) return undefined;
  const hadNoBetter = apiFaultDuring(world, startedAt, endedAt) || startedAt < before.mayMintAt;
  return hadNoBetter || witness.faultEndedAt >= startedAt ? undefined : `a download with ${old}, which had died of age`;
}
