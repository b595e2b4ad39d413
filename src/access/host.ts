/** Letters and digits of any script, with the dots of any script (UTS #46), or an address of IPv6; and perhaps a port. */
const WRITTEN = /^(?:[\p{L}\p{M}\p{N}_.\u3002\uff0e\uff61-]+|\[[0-9a-f:.]+\])(?::\d+)?$/iu;

/** The host that is written as the URL parser writes it, without port and last dot; undefined for what is no host. */
export function hostOf(text: string): string | undefined {
  if (!WRITTEN.test(text)) return undefined;
  const host = withoutLastDot(URL.parse(`https://${text}`)?.hostname ?? "");
  // An empty label: `*..` would be every host with two dots at its end.
  return host.split(".").includes("") ? undefined : host;
}

/** `good.example.` is `good.example`. */
export function withoutLastDot(host: string): string {
  return host.replace(/\.$/, "");
}
