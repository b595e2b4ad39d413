import * as v from "valibot";
import { type CorsOrigins, parseCorsOrigins } from "./access/cors.ts";
import type { MissLimiter } from "./access/limiter.ts";
import { isPrivate, parsePrivatePrefixes } from "./access/private-prefix.ts";
import { parseRefererRules, type RefererRule } from "./access/referer.ts";
import { parseSigningKeys, type SigningKey } from "./access/signed-url.ts";
import { isSecureUrl } from "./b2/api.ts";
import { fileNameFault, readPath } from "./b2/file-name.ts";

import { checked, flag, optionalChecked, optionalText, type Problem, seconds, secret } from "./setting-kinds.ts";

/** The bindings of wrangler.toml, the secrets and the variables: raw, as Cloudflare gives them. */
export interface Env {
  TOKENS: KVNamespace;
  MISS_LIMITER?: MissLimiter;
  B2_APPLICATION_KEY_ID?: string;
  B2_APPLICATION_KEY?: string;
  URL_SIGNING_KEYS?: string;
  ALERT_WEBHOOK_URL?: string;
  B2_BUCKET_NAME?: string;
  B2_FILE_NAME_PREFIX?: string;
  B2_API_URL?: string;
  TOKEN_VALID_SECONDS?: string | number;
  BROWSER_MAX_AGE_SECONDS?: string | number;
  EDGE_MAX_AGE_SECONDS?: string | number;
  EDGE_STALE_WHILE_REVALIDATE_SECONDS?: string | number;
  EDGE_STALE_IF_ERROR_SECONDS?: string | number;
  NOT_FOUND_MAX_AGE_SECONDS?: string | number;
  VERSION_PARAMETER?: string;
  CORS_ALLOW_ORIGINS?: string;
  ALLOWED_REFERERS?: string;
  ALLOW_EMPTY_REFERER?: string | boolean;
  PRIVATE_PREFIXES?: string;
  INDEX_FILE?: string;
  NOT_FOUND_FILE?: string;
}

/** The settings, checked. Every default stands in `schema` below, and nowhere else. */
export interface Settings {
  applicationKeyId: string;
  applicationKey: string;
  apiUrl: string;
  bucketName: string | undefined;
  fileNamePrefix: string;
  tokenValidSeconds: number;
  browserMaxAgeSeconds: number;
  edgeMaxAgeSeconds: number;
  edgeStaleWhileRevalidateSeconds: number;
  edgeStaleIfErrorSeconds: number;
  notFoundMaxAgeSeconds: number;
  /** undefined: a version in the query means nothing. */
  versionParameter: string | undefined;
  corsOrigins: CorsOrigins;
  /** undefined: every site may embed. */
  refererRules: RefererRule[] | undefined;
  allowEmptyReferer: boolean;
  privatePrefixes: string[];
  signingKeys: SigningKey[];
  indexFile: string | undefined;
  notFoundFile: string | undefined;
  alertWebhookUrl: string | undefined;
}

/** A setting that does not parse: its name and what it should hold, never its value. */
export interface SettingProblem {
  name: string;
  expected: string;
}

export type SettingsReading =
  | { kind: "settings"; settings: Settings }
  | { kind: "problems"; problems: SettingProblem[] };

/** One year: RFC 9111 asks caches to understand more, but no one means it. */
const LONGEST_AGE_SECONDS = 31_536_000;

/** Query parameters that mean something else. */
const OWN_PARAMETERS = ["preset", "exp", "kid", "sig", "format", "after"];

const schema = v.object({
  B2_APPLICATION_KEY_ID: secret("B2_APPLICATION_KEY_ID", "the keyID of a B2 application key"),
  B2_APPLICATION_KEY: secret("B2_APPLICATION_KEY", "the applicationKey that B2 showed once, when the key was made"),
  B2_BUCKET_NAME: optionalText(/^[A-Za-z0-9-]{6,63}$/, "a bucket's name: 6 to 63 letters, digits and hyphens"),
  B2_FILE_NAME_PREFIX: checked("", parseFileNamePrefix),
  B2_API_URL: checked("https://api.backblazeb2.com", parseApiUrl),
  // 7 days is the longest that B2 gives: as many rotations as possible may fail before anybody notices.
  TOKEN_VALID_SECONDS: seconds(604_800, 3600, 604_800),
  BROWSER_MAX_AGE_SECONDS: seconds(86_400, 0, LONGEST_AGE_SECONDS),
  // Three days: 2,500 free downloads a day are then enough for 7,500 images that are looked at daily, and a browser holds a
  // replaced image for four days at most.
  EDGE_MAX_AGE_SECONDS: seconds(259_200, 0, LONGEST_AGE_SECONDS),
  EDGE_STALE_WHILE_REVALIDATE_SECONDS: seconds(604_800, 0, LONGEST_AGE_SECONDS),
  EDGE_STALE_IF_ERROR_SECONDS: seconds(604_800, 0, LONGEST_AGE_SECONDS),
  NOT_FOUND_MAX_AGE_SECONDS: seconds(60, 0, LONGEST_AGE_SECONDS),
  VERSION_PARAMETER: optionalChecked(parseVersionParameter),
  CORS_ALLOW_ORIGINS: checked("*", parseCorsOrigins),
  ALLOWED_REFERERS: optionalChecked(parseRefererRules),
  ALLOW_EMPTY_REFERER: flag(true),
  PRIVATE_PREFIXES: optionalChecked(parsePrivatePrefixes),
  URL_SIGNING_KEYS: optionalChecked(parseSigningKeys),
  INDEX_FILE: optionalChecked(parseIndexFile),
  NOT_FOUND_FILE: optionalChecked(parseServedFile),
  ALERT_WEBHOOK_URL: optionalChecked(parseWebhookUrl),
});

/** Checks all settings at once, so that the owner sees every problem in one log line. */
export function readSettings(env: Env): SettingsReading {
  const result = v.safeParse(schema, env);
  if (!result.success) return { kind: "problems", problems: result.issues.map(problemOfIssue) };
  const given = result.output;
  const contradiction = contradictionOf(given);
  if (contradiction !== undefined) return { kind: "problems", problems: [contradiction] };
  return {
    kind: "settings",
    settings: {
      applicationKeyId: given.B2_APPLICATION_KEY_ID,
      applicationKey: given.B2_APPLICATION_KEY,
      apiUrl: given.B2_API_URL,
      bucketName: given.B2_BUCKET_NAME,
      fileNamePrefix: given.B2_FILE_NAME_PREFIX,
      tokenValidSeconds: given.TOKEN_VALID_SECONDS,
      browserMaxAgeSeconds: given.BROWSER_MAX_AGE_SECONDS,
      edgeMaxAgeSeconds: given.EDGE_MAX_AGE_SECONDS,
      edgeStaleWhileRevalidateSeconds: given.EDGE_STALE_WHILE_REVALIDATE_SECONDS,
      edgeStaleIfErrorSeconds: given.EDGE_STALE_IF_ERROR_SECONDS,
      notFoundMaxAgeSeconds: given.NOT_FOUND_MAX_AGE_SECONDS,
      versionParameter: given.VERSION_PARAMETER,
      corsOrigins: given.CORS_ALLOW_ORIGINS,
      refererRules: given.ALLOWED_REFERERS,
      allowEmptyReferer: given.ALLOW_EMPTY_REFERER,
      privatePrefixes: given.PRIVATE_PREFIXES ?? [],
      signingKeys: given.URL_SIGNING_KEYS ?? [],
      indexFile: given.INDEX_FILE,
      notFoundFile: given.NOT_FOUND_FILE,
      alertWebhookUrl: given.ALERT_WEBHOOK_URL,
    },
  };
}

/** Settings that are each right, and not together. */
function contradictionOf(given: v.InferOutput<typeof schema>): SettingProblem | undefined {
  const { PRIVATE_PREFIXES: prefixes, NOT_FOUND_FILE: page, B2_FILE_NAME_PREFIX: fileNamePrefix } = given;
  if (prefixes === undefined) return undefined;
  if (given.URL_SIGNING_KEYS === undefined) {
    const expected =
      "at least one id:secret, since PRIVATE_PREFIXES is set (make a secret with: openssl rand -base64 32)";
    return { name: "URL_SIGNING_KEYS", expected };
  }
  if (page !== undefined && (isPrivate(page, prefixes) || isPrivate(fileNamePrefix + page, prefixes))) {
    return { name: "NOT_FOUND_FILE", expected: "a file outside PRIVATE_PREFIXES, since everybody gets to see it" };
  }
  return undefined;
}

function problemOfIssue(issue: v.BaseIssue<unknown>): SettingProblem {
  return { name: v.getDotPath(issue) ?? "settings", expected: issue.message };
}

function parseApiUrl(text: string): string | Problem {
  return isSecureUrl(text) && new URL(text).pathname === "/"
    ? text.replace(/\/$/, "")
    : { problem: "an https: URL without a path, such as https://api.backblazeb2.com (http: only for localhost)" };
}

function parseWebhookUrl(text: string): string | Problem {
  return isSecureUrl(text) ? text : { problem: "an https: URL (http: only for localhost)" };
}

function parseFileNamePrefix(text: string): string | Problem {
  const reading = text === "" ? undefined : readPath(encodeURI(text));
  return text.startsWith("/") || reading?.kind === "bad" || fileNameFault(text) !== undefined
    ? { problem: "the beginning of file names as B2 shows them, without a slash in front, such as photos/" }
    : text;
}

function parseVersionParameter(text: string): string | Problem {
  return !/^[A-Za-z0-9_-]{1,32}$/.test(text) || OWN_PARAMETERS.includes(text)
    ? { problem: `the name of a query parameter, such as v: letters and digits, but not ${OWN_PARAMETERS.join(", ")}` }
    : text;
}

function parseIndexFile(text: string): string | Problem {
  return text.includes("/") || parseServedFile(text) !== text
    ? { problem: "a file name without a slash, such as index.html" }
    : text;
}

function parseServedFile(text: string): string | Problem {
  const reading = readPath(encodeURI(text));
  return reading.kind === "bad" || text.endsWith("/")
    ? { problem: "the path of a file as a visitor would ask for it, without a slash in front, such as 404.html" }
    : reading.path;
}
