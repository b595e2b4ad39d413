import type { Misfit } from "../setting-kinds.ts";

/** A host, or all hosts under one (`*.example.com`, which is not `example.com` itself). */
export interface RefererRule {
  /** As the URL parser writes hosts: lower case, punycode, no dot at the end. */
  host: string;
  subdomains: boolean;
}

export interface RefererCheck {
  /** The `Referer` field. */
  referer: string | null;
  /** The host that the request is for. */
  ownHost: string;
  rules: readonly RefererRule[];
  /** Whether a request without the field passes. */
  allowEmpty: boolean;
}

/** Reads `ALLOWED_REFERERS`: hosts with commas or spaces between them. */
export function parseRefererRules(text: string): RefererRule[] | Misfit {
  const rules: RefererRule[] = [];
  for (const part of text.split(/[\s,]+/).filter((each) => each !== "")) {
    const rule = parseRule(part);
    if (rule === undefined) return { problem: `hosts such as good.example or *.good.example${suggestion(part)}` };
    rules.push(rule);
  }
  return rules;
}

/** Compares hosts, never text: `https://good.example.evil.tld/` and `https://good.example@evil.tld/` are evil.tld's. */
export function refererAllowed({ referer, ownHost, rules, allowEmpty }: RefererCheck): boolean {
  if (referer === null || referer === "") return allowEmpty;
  const url = URL.parse(referer);
  if (url === null || !/^https?:$/.test(url.protocol)) return false;
  const host = withoutLastDot(url.hostname);
  return host === withoutLastDot(ownHost.toLowerCase()) || rules.some((rule) => matches(rule, host));
}

function matches(rule: RefererRule, host: string): boolean {
  return rule.subdomains ? host.endsWith(`.${rule.host}`) : host === rule.host;
}

function parseRule(text: string): RefererRule | undefined {
  const subdomains = text.startsWith("*.");
  const bare = subdomains ? text.slice(2) : text;
  // A port is ignored, as the port of a referer is.
  if (/[/?#@*\\]/.test(bare) || bare === "") return undefined;
  const host = withoutLastDot(URL.parse(`https://${bare}`)?.hostname ?? "");
  // An empty label: `*..` would be every host with two dots at its end.
  return host.split(".").includes("") ? undefined : { host, subdomains };
}

/** What the owner probably meant. */
function suggestion(text: string): string {
  const host = URL.parse(text.includes("://") ? text : `https://${text}`)?.hostname ?? "";
  return parseRule(host) === undefined ? "" : `: write ${host} instead of a URL`;
}

function withoutLastDot(host: string): string {
  return host.replace(/\.$/, "");
}
