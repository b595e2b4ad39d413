import { type B2, BUCKET, type Grant } from "./b2.ts";
import type { SimulatedIsolate, Visit } from "./isolate.ts";
import { apiFaultDuring, isRefusedDuring } from "./outage.ts";
import type { Scene } from "./scene.ts";
import { isSpent, isUsable, isYoung } from "./witness.ts";

/** The key of the record, as `src/token/store.ts` writes it. */
export const TOKEN_KEY = `download-token/bucket/${BUCKET}/`;
/** No mint that has no fault takes longer. */
const LONGEST_MINT_MS = 15_000;
const MOST_RETRIES = 2;
/** How long an isolate whose last look for a token failed may leave KV alone: the first step of the back-off. */
const KV_PAUSE_MS = 5_000;

/**
 * Why a visit may fail because of tokens. Each is where the promise of src/README.md, «The life of a token», ends:
 * - `refused`: B2 refuses the file, whatever the token.
 * - `api-fault`: no token that could be used was in memory or in KV as the place sees it, and B2's API had a fault at
 *   some time during the visit, or in the mint that the visit waited for: «memory → KV → mint» is all there is.
 * - `back-off`: the same, and the isolate's last mint failed so shortly before that it must not try again: «a failed mint
 *   is not tried again by that isolate before a back-off of 5 s, doubling to 5 min; meanwhile 503».
 * - `allowance`: the isolate has minted five tokens, and none has come back: «one comes back each 30 minutes».
 * - `young`: KV has told the isolate of a token of this key that was minted in the last two minutes, and that is dead: «no
 *   mint on the request path meanwhile», for all isolates would mint at once.
 * - `kv-pause`: KV came to show a usable token while the isolate was looking for one, or in the 5 s after that look
 *   failed: «the others wait a bounded time for its value», and the first step of the back-off.
 * - `kv-fault`: KV itself failed, and B2's API was as above.
 * - `revoked-meanwhile`: the last token that the visit was tried with was revoked during the visit, and the number of
 *   retries is bounded.
 * - `third-401`: the visit was tried with three tokens, the last two from KV, and all had been revoked (many at once, so
 *   shortly before that KV still brought dead ones to the place): a visit is retried twice at most.
 */
export type Excuse =
  | "refused"
  | "api-fault"
  | "back-off"
  | "allowance"
  | "young"
  | "kv-pause"
  | "kv-fault"
  | "revoked-meanwhile"
  | "third-401";

/** Judges a visit that failed: the excuse, or how it could have succeeded. */
export function judge(visit: Visit, isolate: SimulatedIsolate, scene: Scene): { excuse: Excuse } | { broken: string } {
  const during = { from: visit.startedAt, to: visit.endedAt };
  if (isRefusedDuring(scene.world, visit.name, during)) return { excuse: "refused" };
  const inMemory = usableInMemory(visit, isolate, scene);
  if (inMemory !== undefined) return { broken: `${inMemory} was in the isolate's memory` };
  const noKv = whyNotFromKv(visit, isolate, scene);
  if (noKv === undefined) return { broken: `KV showed a usable token to place ${isolate.place} all the time` };
  const noMint = whyNoMint(visit, isolate, scene);
  if (noMint === undefined) return { broken: "B2's API was up and the isolate was allowed to mint" };
  return { excuse: noKv === "nothing" ? noMint : noKv };
}

function usableInMemory(visit: Visit, { applicationKeyId, witness }: SimulatedIsolate, { b2 }: Scene) {
  const during = { applicationKeyId, from: visit.startedAt, to: visit.endedAt };
  for (const [token, toldAt] of witness.known) {
    if (toldAt <= visit.startedAt && isUsable(b2.grants.get(token), during)) return token;
  }
  return undefined;
}

function whyNotFromKv(
  { startedAt, endedAt, before }: Visit,
  { place }: SimulatedIsolate,
  { kv, b2 }: Scene,
): "nothing" | "kv-pause" | "kv-fault" | undefined {
  // Another key's token is the last resort.
  const during = { applicationKeyId: undefined, from: startedAt, to: endedAt };
  const shown = [before.seen, kv.seenAt(place, TOKEN_KEY)];
  if (!shown.every((text) => isUsable(grantIn(text, b2), during))) return "nothing";
  if (kv.faultDuring(startedAt - KV_PAUSE_MS, endedAt)) return "kv-fault";
  return startedAt < before.lookedAt + KV_PAUSE_MS ? "kv-pause" : undefined;
}

function whyNoMint(
  { startedAt, endedAt, tokens, before }: Visit,
  { witness }: SimulatedIsolate,
  { world, b2, kv, time }: Scene,
): Exclude<Excuse, "kv-pause"> | undefined {
  if (apiFaultDuring(world, startedAt, endedAt) || witness.faultEndedAt >= startedAt) return "api-fault";
  if (witness.minting > 0 && time.now() - witness.mintStartedAt > LONGEST_MINT_MS) return "api-fault";
  // It waited for another visit's look for as long as it may, and that one waited for KV first.
  if (endedAt - startedAt >= LONGEST_MINT_MS && kv.faultDuring(startedAt - KV_PAUSE_MS, endedAt)) return "kv-fault";
  if (startedAt < Math.max(before.mayMintAt, witness.mayMintAt)) return "back-off";
  if (isSpent(witness, startedAt)) return "allowance";
  if (isYoung(witness.othersMintedAt, startedAt)) return "young";
  if (tokens.length > MOST_RETRIES) return "third-401";
  const last = b2.grants.get(tokens.at(-1) ?? "");
  return last !== undefined && startedAt <= last.revokedAt && last.revokedAt <= endedAt
    ? "revoked-meanwhile"
    : undefined;
}

/** What is in a record of KV, read without the project's own parser. */
export function recordIn(text: string | null): { token: string; expiresAt: number } | undefined {
  return text === null ? undefined : JSON.parse(text);
}

function grantIn(text: string | null, b2: B2): Grant | undefined {
  return b2.grants.get(recordIn(text)?.token ?? "");
}
