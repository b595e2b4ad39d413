import type { SimulatedIsolate, Visit } from "./isolate.ts";
import type { Scene } from "./scene.ts";
import { START } from "./world.ts";

/** What went wrong in an isolate, with all that one needs to understand it. */
export function tell(wrong: string, isolate: SimulatedIsolate, scene: Scene, visit?: Visit): string {
  const { place, applicationKeyId, witness } = isolate;
  return [
    `${wrong}, ${when(scene.time.now())}, in place ${place} with ${applicationKeyId}`,
    ...(visit === undefined ? [] : visitLines(visit)),
    `failures in a row: ${witness.failures}, the last one ${when(witness.failedAt)}; B2 may be asked from ${when(witness.mayMintAt)}`,
    "tokens that the isolate was told of:",
    ...[...witness.known].slice(-8).map(([token, toldAt]) => tokenLine(token, toldAt, scene)),
  ].join("\n  ");
}

function visitLines({ startedAt, endedAt, tokens, error, before }: Visit): string[] {
  return [
    `visit from ${when(startedAt)} to ${when(endedAt)}, tried with ${tokens.join(", ") || "nothing"}: ${error}`,
    `last look for a token before it: ${when(before.lookedAt)}`,
  ];
}

function tokenLine(token: string, toldAt: number, { b2 }: Scene): string {
  const grant = b2.grants.get(token);
  if (grant === undefined) return `  ${token}, which B2 does not know`;
  const { applicationKeyId, grantedAt, expiresAt, revokedAt } = grant;
  const life = `granted ${when(grantedAt)}, expires ${when(expiresAt)}, revoked ${when(revokedAt)}`;
  return `  ${token} told ${when(toldAt)}: for ${applicationKeyId}, ${life}`;
}

/** Hours since the world began, as the world tells them, and the time of day. */
export function when(at: number): string {
  if (!Number.isFinite(at)) return at > 0 ? "never" : "from the start";
  return `at hour ${Math.floor((at - START) / 3_600_000)} (${new Date(at).toISOString().slice(11, 23)})`;
}
