/** Clocks always differ a little, and an answer takes time. From a minute on, signed links expire noticeably early or late. */
const CLOCK_TOLERANCE_MS = 60_000;
const TIMEOUT_MS = 10_000;

/** Whether a server answers, and how far this machine's clock is ahead of the server's. */
export type Reach = { kind: "reached"; clockAheadMs: number } | { kind: "unreachable"; text: string; advice: string };

/** Requests a URL and reads the `Date` field of the answer, whose status does not matter. Never throws. */
export async function reach(url: string): Promise<Reach> {
  try {
    const response = await fetch(url, { method: "HEAD", redirect: "manual", signal: AbortSignal.timeout(TIMEOUT_MS) });
    const serverNow = Date.parse(response.headers.get("Date") ?? "");
    return { kind: "reached", clockAheadMs: Number.isNaN(serverNow) ? 0 : Date.now() - serverNow };
  } catch (error) {
    return { kind: "unreachable", ...explainNetworkFault(error, new URL(url).hostname) };
  }
}

/** The fault of a clock that is ahead by `aheadMs`; undefined when it is right. */
export function clockFault(aheadMs: number): { text: string; advice: string } | undefined {
  if (Math.abs(aheadMs) <= CLOCK_TOLERANCE_MS) return undefined;
  const minutes = Math.round(Math.abs(aheadMs) / 60_000);
  const size = minutes < 120 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`;
  return {
    text: `The clock of this machine is ${size} ${aheadMs > 0 ? "ahead" : "behind"}.`,
    advice: "Set it right: signed links that are made here would expire too early or too late.",
  };
}

/** Explains why there was no answer, by the code of Node's network error. */
export function explainNetworkFault(error: unknown, host: string): { text: string; advice: string } {
  const code = networkCode(error);
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") {
    return {
      text: `${host} cannot be found.`,
      advice: "Is this machine connected to the network, and is the name right?",
    };
  }
  if (code === "CERT_NOT_YET_VALID" || code === "CERT_HAS_EXPIRED") {
    const now = new Date().toISOString().slice(0, 16).replace("T", " ");
    return {
      text: `The certificate of ${host} is not valid at this time (${code}).`,
      advice: `This machine says that it is ${now} UTC: if that is wrong, set its clock.`,
    };
  }
  if (/CERT|SELF_SIGNED|TLS|SSL|UNABLE_TO/.test(code)) {
    return {
      text: `The certificate of ${host} is not trusted (${code}).`,
      advice: "A new domain's certificate takes a few minutes; a proxy on the way shows its own.",
    };
  }
  if (code === "TimeoutError")
    return { text: `${host} did not answer in time.`, advice: "Try again; a firewall may be on the way." };
  return { text: `${host} cannot be reached (${code}).`, advice: "Is this machine connected to the network?" };
}

function networkCode(error: unknown): string {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ("code" in cause && typeof cause.code === "string") return cause.code;
    if (cause.name === "TimeoutError") return cause.name;
  }
  return "no answer";
}
