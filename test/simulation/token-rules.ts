import type { SimulatedIsolate, Visit } from "./isolate.ts";
import type { Write } from "./kv.ts";
import { apiFaultDuring } from "./outage.ts";
import { recordIn, TOKEN_KEY } from "./promise.ts";
import type { Scene } from "./scene.ts";
import { when } from "./story.ts";
import { isSpent, isUsable, isYoung } from "./witness.ts";
import { HOUR_MS, START } from "./world.ts";

/** Fresh is a token with more than this left; a minute more, for B2 lets it die a little early. */
const MARGIN_MS = 6 * 60_000;
/** Longer than KV's lag and the copies of the places together. */
const SEEN_BY_ALL_MS = 5 * 60_000;
/** Longer than a visit waits for its turn to look for a token. */
const LONGEST_LOOK_MS = 60_000;
/** More than the Worker waits for KV. */
const KV_TIMEOUT_MS = 6_000;

/** What is wrong with a mint that begins now on the request path; undefined when nothing is. */
export function faultOfMint(
  { applicationKeyId, place, witness }: SimulatedIsolate,
  { b2, kv, time, world }: Scene,
): string | undefined {
  const now = time.now();
  if (witness.minting > 0) return "a second mint at the same time in one isolate";
  if (now < witness.mayMintAt)
    return `a mint ${Math.round((witness.mayMintAt - now) / 1000)} s before the back-off ended`;
  if (isSpent(witness, now)) return "a mint beyond the five that an isolate has";
  if (isYoung(witness.lastRead?.issuedAt, now)) return "a mint although KV tells of one in the last two minutes";
  // Then no token that is known is of use to whoever was refused.
  if (world.refusals.some(({ startHour, hours }) => isAround(startHour, hours, now))) return undefined;
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

function isAround(startHour: number, hours: number, now: number): boolean {
  const begin = START + startHour * HOUR_MS;
  return begin <= now && now < begin + hours * HOUR_MS + LONGEST_LOOK_MS;
}

/** What is wrong with the tokens that a download was tried with. */
export function faultOfTokens(
  { startedAt, endedAt, tokens, before }: Visit,
  { applicationKeyId, witness }: SimulatedIsolate,
  { world, b2 }: Scene,
): string | undefined {
  const hadNoBetter =
    apiFaultDuring(world, startedAt, endedAt) ||
    startedAt < before.mayMintAt ||
    witness.faultEndedAt >= startedAt ||
    isSpent(witness, startedAt) ||
    isYoung(witness.othersMintedAt, startedAt);
  const foreign = tokens.find((token) => b2.grants.get(token)?.applicationKeyId !== applicationKeyId);
  if (foreign !== undefined && !hadNoBetter)
    return `a download with ${foreign}, which belongs to another key, though a better one was to be had`;
  // The margin is there against that.
  const old = tokens.find((token) => (b2.grants.get(token)?.expiresAt ?? 0) <= endedAt);
  if (old === undefined || (b2.grants.get(old)?.revokedAt ?? 0) <= endedAt) return undefined;
  return hadNoBetter ? undefined : `a download with ${old}, which had died of age, though a better one was to be had`;
}

/** A token that was refused from the start in the place of a fresh one that everybody could see. */
export function faultOfWrite(before: Write | undefined, { b2, kv, time }: Scene): string | undefined {
  const now = time.now();
  const written = recordIn(kv.newest(TOKEN_KEY))?.token ?? "";
  const grant = b2.grants.get(written);
  if (before === undefined || grant === undefined || grant.revokedAt > 0 || now - before.at < SEEN_BY_ALL_MS)
    return undefined;
  const replaced = recordIn(before.text)?.token ?? "";
  const { applicationKeyId } = grant;
  return isUsable(b2.grants.get(replaced), { applicationKeyId, from: now, to: now + MARGIN_MS })
    ? `${written}, which B2 refused, was written over ${replaced}, which is fresh, ${when(now)}`
    : undefined;
}
