import { entriesOf, type ListValue, type Misfit } from "../setting-kinds.ts";
import { hostOf, withoutLastDot } from "./host.ts";

/** A host, or all hosts under one (`*.example.com`, which does not include `example.com` itself). */
export interface RefererRule {
  /** The host in the URL parser's form: lower case, punycode, no dot at its end. */
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

/**
 * Browsers cut a longer Referer to its origin (https://www.w3.org/TR/referrer-policy/#determine-requests-referrer). The limit
 * is needed since the URL parser takes quadratic time to normalise a host full of combining marks.
 */
const LONGEST_REFERER = 4_096;

const HOSTS = "hosts such as good.example or *.good.example, with commas between them";
const URL_FAULT = "a URL: write its host alone, without https:// and a path";

/** Reads `ALLOWED_REFERERS`: hosts with commas or white space between them. The problem quotes none, since everybody may read it. */
export function parseRefererRules(given: ListValue): RefererRule[] | Misfit {
  const entries = entriesOf(given, /[\s,]+/);
  const rules: RefererRule[] = [];
  for (const [index, entry] of entries.entries()) {
    const rule = parseRule(entry);
    if (rule === undefined) return { problem: `${HOSTS}; entry ${index + 1} is ${isUrl(entry) ? URL_FAULT : "none"}` };
    rules.push(rule);
  }
  return rules.length === 0 ? { problem: `${HOSTS}, at least one` } : rules;
}

/** Whether a Referer passes. Hosts are compared, never text: `https://good.example.evil.tld/` and `https://good.example@evil.tld/` are evil.tld's. */
export function refererAllowed({ referer, ownHost, rules, allowEmpty }: RefererCheck): boolean {
  if (referer === null || referer === "") return allowEmpty;
  const url = referer.length > LONGEST_REFERER ? null : URL.parse(referer);
  if (url === null || !/^https?:$/.test(url.protocol)) return false;
  const host = withoutLastDot(url.hostname);
  return host === withoutLastDot(ownHost.toLowerCase()) || rules.some((rule) => matches(rule, host));
}

function matches(rule: RefererRule, host: string): boolean {
  return rule.subdomains ? host.endsWith(`.${rule.host}`) : host === rule.host;
}

function parseRule(text: string): RefererRule | undefined {
  const subdomains = text.startsWith("*.");
  const host = hostOf(subdomains ? text.slice(2) : text);
  return host === undefined ? undefined : { host, subdomains };
}

/** Whether an entry has a host that was probably meant, and more around it. */
function isUrl(text: string): boolean {
  const host = URL.parse(text.includes("://") ? text : `https://${text}`)?.hostname ?? "";
  return parseRule(host) !== undefined;
}
