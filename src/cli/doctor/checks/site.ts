import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { connect } from "node:tls";
import { type Finding, note, ok, unknown, wrong } from "../../finding.ts";
import { clockFault, explainNetworkFault } from "../../reach.ts";
import { siteHealth } from "../../site-health.ts";
import type { Examination } from "../examination.ts";

const TLS_TIMEOUT_MS = 10_000;
const SOON_MS = 7 * 86_400_000;

/** Whether the host has an address. */
export async function checkDns({ client }: Examination): Promise<Finding> {
  const { hostname } = new URL(client.origin);
  try {
    const addresses = await lookup(hostname.replace(/^\[|\]$/g, ""), { all: true });
    return ok("dns", `${hostname} has the address ${addresses.map(({ address }) => address).join(", ")}.`);
  } catch (error) {
    const { text } = explainNetworkFault(error, hostname);
    return wrong(
      "dns",
      text,
      "A new domain takes some minutes. Is it in [[routes]] of wrangler.toml, deployed, and this machine connected to the network?",
    );
  }
}

/** Whether the certificate is one that browsers trust, and for how long. */
export async function checkCertificate({ client }: Examination): Promise<Finding> {
  const { protocol, hostname, port } = new URL(client.origin);
  if (protocol === "http:") return unknown("certificate", "A site on this machine has none.");
  try {
    const endsAt = await certificateEnd(hostname, port === "" ? 443 : Number(port));
    const day = new Date(endsAt).toISOString().slice(0, 10);
    return endsAt - Date.now() < SOON_MS
      ? note("certificate", `The certificate ends on ${day}.`, "Cloudflare renews it by itself: look again tomorrow.")
      : ok("certificate", `The certificate is trusted and holds until ${day}.`);
  } catch (error) {
    const { text, advice } = explainNetworkFault(error, hostname);
    return wrong("certificate", text, advice);
  }
}

/** What `/-/health` says, and whether this machine's clock agrees with the site's. */
export async function checkHealth({ client, operatorToken }: Examination): Promise<Finding> {
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
      return wrong("health", text, advice);
    }
    case "foreign":
      return wrong(
        "health",
        `/-/health answers ${health.httpStatus}, and not in the words of this Worker.`,
        "Another site, an old DNS record or a rule of the zone (a challenge, a redirect) answers in its place.",
      );
    case "health": {
      const clock = clockFault(aheadMs);
      if (clock !== undefined) return wrong("health", `The site says ${health.status}. ${clock.text}`, clock.advice);
      if (health.status === "ok") return ok("health", "The site says ok.");
      const said = `The site says ${health.status}. ${health.words}`.trim();
      const advice = "The log has the full text: npx wrangler tail.";
      return health.status === "degraded" ? note("health", said, advice) : wrong("health", said, advice);
    }
  }
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
