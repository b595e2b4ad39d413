import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { connect } from "node:tls";
import { type Finding, note, ok, unknown, wrong } from "../../finding.ts";
import { clockFault, explainNetworkFault } from "../../reach.ts";
import { type SiteHealth, siteHealth } from "../../site-health.ts";
import type { Examination } from "../examination.ts";

const TLS_TIMEOUT_MS = 10_000;
const SOON_MS = 7 * 86_400_000;

/** The finding of a check, and whether the site can be asked more after it. */
export interface Reaching {
  finding: Finding;
  isReached: boolean;
}

/** Checks that the host name has an IP address. */
export async function checkDns({ client }: Examination): Promise<Reaching> {
  const { hostname } = new URL(client.origin);
  try {
    const addresses = await lookup(hostname.replace(/^\[|\]$/g, ""), { all: true });
    const text = `${hostname} has the address ${addresses.map(({ address }) => address).join(", ")}.`;
    return { finding: ok("dns", text), isReached: true };
  } catch (error) {
    const { text } = explainNetworkFault(error, hostname);
    const advice =
      "A new domain takes some minutes. Is it in [[routes]] of wrangler.toml, deployed, and this machine connected to the network?";
    return { finding: wrong("dns", text, advice), isReached: false };
  }
}

/** Checks that browsers trust the certificate, and for how long. */
export async function checkCertificate({ client }: Examination): Promise<Reaching> {
  const { protocol, hostname, port } = new URL(client.origin);
  if (protocol === "http:") {
    return { finding: unknown("certificate", "A site on this machine has none."), isReached: true };
  }
  try {
    const endsAt = await certificateEnd(hostname, port === "" ? 443 : Number(port));
    const day = new Date(endsAt).toISOString().slice(0, 10);
    const isEnding = endsAt - Date.now() < SOON_MS;
    const finding = isEnding
      ? note("certificate", `The certificate ends on ${day}.`, "Cloudflare renews it by itself: look again tomorrow.")
      : ok("certificate", `The certificate is trusted and holds until ${day}.`);
    return { finding, isReached: true };
  } catch (error) {
    const { text, advice } = explainNetworkFault(error, hostname);
    return { finding: wrong("certificate", text, advice), isReached: false };
  }
}

/** Checks `/-/health`, and that this machine's clock agrees with the site's. */
export async function checkHealth({ client, operatorToken }: Examination): Promise<Reaching> {
  let aheadMs = 0;
  const health = await siteHealth(client.origin, operatorToken, async (...args) => {
    const response = await fetch(...args);
    const serverNow = Date.parse(response.headers.get("Date") ?? "");
    if (!Number.isNaN(serverNow)) aheadMs = Date.now() - serverNow;
    return response;
  });
  switch (health.kind) {
    case "unreachable": {
      const { text, advice } = explainNetworkFault(health.error, new URL(client.origin).hostname);
      return { finding: wrong("health", text, advice), isReached: false };
    }
    case "foreign": {
      const text = `/-/health answers ${health.httpStatus}, and not in the words of this Worker.`;
      const advice =
        "Another site, an old DNS record or a rule of the zone (a challenge, a redirect) answers in its place.";
      return { finding: wrong("health", text, advice), isReached: false };
    }
    case "health":
      return { finding: healthFinding(health, aheadMs), isReached: true };
  }
}

function healthFinding({ status, words }: SiteHealth & { kind: "health" }, aheadMs: number): Finding {
  const clock = clockFault(aheadMs);
  if (clock !== undefined) return wrong("health", `The site says ${status}. ${clock.text}`, clock.advice);
  if (status === "ok") return ok("health", "The site says ok.");
  const said = `The site says ${status}. ${words}`.trim();
  const advice = "The log has the full text: npx wrangler tail.";
  return status === "degraded" ? note("health", said, advice) : wrong("health", said, advice);
}

function certificateEnd(host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, servername: isIP(host) === 0 ? host : "", timeout: TLS_TIMEOUT_MS }, () => {
      resolve(Date.parse(socket.getPeerCertificate().valid_to));
      socket.end();
    });
    socket.once("error", reject).once("timeout", () => {
      socket.destroy(Object.assign(new Error("no answer"), { code: "ETIMEDOUT" }));
    });
  });
}
