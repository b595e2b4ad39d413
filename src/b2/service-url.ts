const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/** Whether a credential may be sent to a URL: https, or http to this machine, where the local B2 runs. */
export function isSecureUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.username !== "" || url.password !== "") return false;
  if (url.protocol === "https:") return true;
  return url.protocol === "http:" && LOOPBACK.includes(url.hostname);
}

/**
 * Whether an address that B2 named, for its API or for downloads, belongs to the B2 at `apiUrl`: its host is in the same
 * domain (`f005.backblazeb2.com` for `api.backblazeb2.com`), or both are this machine. Credentials are sent nowhere else.
 */
export function isOfSameB2(text: string, apiUrl: string): boolean {
  const host = hostOf(text);
  const apiHost = hostOf(apiUrl);
  if (host === undefined || apiHost === undefined) return false;
  if (isOnThisMachine(apiUrl)) return isOnThisMachine(text);
  return host === apiHost || host.endsWith(`.${domainOf(apiHost)}`);
}

/** Whether a URL leads to this machine, where the local B2 runs. */
export function isOnThisMachine(text: string): boolean {
  return LOOPBACK.includes(hostOf(text) ?? "");
}

function hostOf(text: string): string | undefined {
  return URL.parse(text)?.hostname.replace(/\.$/, "");
}

/** The host without its first label. A host of two labels and an IP address are returned unchanged. */
function domainOf(host: string): string {
  const labels = host.split(".");
  const isAddress = host.startsWith("[") || /^[\d.]+$/.test(host);
  return isAddress || labels.length < 3 ? host : labels.slice(1).join(".");
}
