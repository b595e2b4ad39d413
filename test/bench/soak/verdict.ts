import type { Answer } from "./client.ts";
import type { B2Call } from "./recorded-b2.ts";
import type { SoakRequest } from "./requests.ts";

export interface Exchange {
  request: SoakRequest;
  answer: Answer;
  /** ms since the start of the run. */
  fromMs: number;
  untilMs: number;
}

/** A time in which the Worker has a reason not to ask B2. */
export interface Pause {
  fromMs: number;
  untilMs: number;
}

/** The reasons: B2 refused to give a token, or the one it gave; the circuit was open. */
export interface Pauses {
  token: readonly Pause[];
  circuit: readonly Pause[];
}

export type Verdict = { kind: "good" } | { kind: "caused-by-b2"; why: string } | { kind: "violation"; why: string };

/** How many times the Worker asks B2 for one image while B2 has a passing fault. */
const TRIES = 3;
/** What the Worker gives B2 for one image: a `Retry-After` that does not fit into it ends the tries. */
const BUDGET_MS = 10_000;
const FIRST_PAUSE_MS = 5_000;
/** A log line, and a request's end, are noticed a little late. */
export const SLACK_MS = 500;

/** Judges what a client saw by what B2 did meanwhile for this very file: no other request asked for it. */
export function judge(exchange: Exchange, calls: readonly B2Call[], pauses: Pauses): Verdict {
  const { request, answer } = exchange;
  const { status, bodySha256 } = answer;
  if (status === request.status && bodySha256 !== undefined) {
    return request.bodySha256 === undefined || request.bodySha256 === bodySha256
      ? { kind: "good" }
      : violation("a wrong byte, or a short body that looks whole");
  }
  if (request.fileName === undefined) return violation(`${status} instead of ${request.status}, without B2`);
  const own = calls.filter(
    ({ fileName, atMs }) => fileName === request.fileName && atMs >= exchange.fromMs && atMs <= exchange.untilMs,
  );
  const excuse = excuseFor(exchange, own, pauses);
  const seen = own.map(({ fault, status: answered }) => fault ?? answered).join(", ");
  return excuse === undefined
    ? violation(`${status ?? "broken connection"} for ${request.kind} while B2 did: ${seen || "nothing"}`)
    : { kind: "caused-by-b2", why: excuse };
}

function excuseFor({ answer, fromMs, untilMs }: Exchange, own: B2Call[], pauses: Pauses) {
  if (answer.bodySha256 === undefined) {
    return answer.status !== undefined && own.some(({ fault }) => fault === "reset-middle")
      ? "reset-middle"
      : undefined;
  }
  switch (answer.status) {
    case 502:
      return isRefusedTwice(own) ? "401 twice" : undefined;
    case 503:
      if (hasNoTryLeft(own)) return "no try left";
      if (own.length === 0 && isWithin(pauses.circuit, { fromMs, untilMs })) return "circuit open";
      return isWithin(pauses.token, { fromMs, untilMs }) ? "no token" : undefined;
    case 504:
      return own.some(({ fault }) => fault === "stall") ? "stall" : undefined;
    default:
      return undefined;
  }
}

function isWithin(pauses: readonly Pause[], { fromMs, untilMs }: Pause): boolean {
  return pauses.some((pause) => pause.fromMs <= untilMs && fromMs <= pause.untilMs);
}

/** The last call failed, and the Worker had used its tries, or was told to wait for longer than a visitor does. */
function hasNoTryLeft(own: readonly B2Call[]): boolean {
  const last = own.at(-1);
  if (last?.fault === undefined) return false;
  const failed = own.filter(({ fault }) => fault !== undefined && fault !== "reset-middle");
  const waitedMs = last.atMs - (own[0]?.atMs ?? 0);
  return failed.length >= TRIES || last.fault === "unavailable-long" || waitedMs > BUDGET_MS - FIRST_PAUSE_MS;
}

/** Two tokens: to show the same one again is no retry. */
export function isRefusedTwice(own: readonly B2Call[]): boolean {
  return new Set(own.filter(({ status }) => status === 401).map(({ credential }) => credential)).size >= 2;
}

/**
 * When isolates may have had no token. `failedAtMs` are the mints on the request path that failed or did not
 * help; the pause doubles with each.
 */
export function tokenPauses(failedAtMs: readonly number[]): Pause[] {
  const pauses: Pause[] = [];
  let pauseMs = FIRST_PAUSE_MS;
  for (const atMs of [...failedAtMs].sort((one, other) => one - other)) {
    const last = pauses.at(-1);
    pauseMs = last !== undefined && atMs < last.untilMs + SLACK_MS ? pauseMs * 2 : FIRST_PAUSE_MS;
    pauses.push({ fromMs: atMs - SLACK_MS, untilMs: atMs + pauseMs + SLACK_MS });
  }
  return pauses;
}

function violation(why: string): Verdict {
  return { kind: "violation", why };
}
