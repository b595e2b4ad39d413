/** A host name in any script, with that script's dots (https://unicode.org/reports/tr46/), or an IPv6 address; with or without a port. */
const WRITTEN = /^(?:[\p{L}\p{M}\p{N}_.\u3002\uff0e\uff61-]+|\[[0-9a-f:.]+\])(?::\d+)?$/iu;

/** The host in a text, in the URL parser's form, without the port and a dot at its end; undefined when the text is not a host. */
export function hostOf(text: string): string | undefined {
  if (!WRITTEN.test(text)) return undefined;
  const host = withoutLastDot(URL.parse(`https://${text}`)?.hostname ?? "");
  // An empty label is refused: `*..` would match every host with two dots at its end.
  return host.split(".").includes("") ? undefined : host;
}

/** Takes the dot off the end of a host: `good.example.` is the same as `good.example`. */
export function withoutLastDot(host: string): string {
  return host.replace(/\.$/, "");
}
