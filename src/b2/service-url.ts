const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/** Whether a URL is safe for a credential: https, or http to this machine (the local B2). */
export function isSecureUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.username !== "" || url.password !== "") return false;
  if (url.protocol === "https:") return true;
  return url.protocol === "http:" && LOOPBACK.includes(url.hostname);
}

/**
 * Whether an address, for the API or for downloads, belongs to the B2 that is asked at `apiUrl`: its host is in the same
 * domain (`f005.backblazeb2.com` for `api.backblazeb2.com`), or both are this machine. A credential goes nowhere else.
 */
export function isOfSameB2(text: string, apiUrl: string): boolean {
  const host = hostOf(text);
  const apiHost = hostOf(apiUrl);
  if (host === undefined || apiHost === undefined) return false;
  if (LOOPBACK.includes(apiHost)) return LOOPBACK.includes(host);
  return host === apiHost || host.endsWith(`.${domainOf(apiHost)}`);
}

function hostOf(text: string): string | undefined {
  return URL.parse(text)?.hostname.replace(/\.$/, "");
}

/** The host without its first label. One of two labels, and an IP address, stands for itself. */
function domainOf(host: string): string {
  const labels = host.split(".");
  const isAddress = host.startsWith("[") || /^[\d.]+$/.test(host);
  return isAddress || labels.length < 3 ? host : labels.slice(1).join(".");
}
