import * as v from "valibot";
import { parseCorsOrigins } from "./access/cors.ts";
import { parseFolderList } from "./access/folder-list.ts";
import type { RateLimiter } from "./access/limiter.ts";
import { parseListedPrefixes } from "./access/listed-prefix.ts";
import { parseRefererRules } from "./access/referer.ts";
import { parseSigningKeys } from "./access/signed-url.ts";
import { keyIdFault } from "./b2/application-key.ts";
import type { ImagesBinding } from "./images/images-binding.ts";
import { findMistyped, type MistypedVariable } from "./mistyped-variables.ts";
import { parsePresets } from "./preset.ts";
import { contradictionsOf, type SettingProblem } from "./setting-contradictions.ts";
import {
  confidential,
  flag,
  isConfidential,
  isProtection,
  lifetime,
  list,
  optional,
  optionalList,
  protection,
  seconds,
  secret,
  table,
  text,
} from "./setting-kinds.ts";
import {
  parseAccessAudience,
  parseApiUrl,
  parseBucketName,
  parseEventSigningSecret,
  parseFileNamePrefix,
  parseIndexFile,
  parseListedRobots,
  parseOperatorToken,
  parseServedFile,
  parseVersionParameter,
  parseWebhookUrl,
} from "./setting-parsers.ts";
import type { TokenNamespace } from "./token/store.ts";

/** The Worker's `env`: the bindings of wrangler.toml, and every secret and variable by its name, unparsed. */
export interface Env {
  TOKENS: TokenNamespace;
  MISS_LIMITER?: RateLimiter;
  LIST_LIMITER?: RateLimiter;
  SIGN_IN_LIMITER?: RateLimiter;
  CF_VERSION_METADATA?: Version;
  IMAGES?: ImagesBinding;
  readonly [variable: string]: unknown;
}

/** The version metadata binding: which deployed version is running. */
export interface Version {
  id: string;
  /** The tag that the deploy gave it, or "". */
  tag: string;
  /** When it was uploaded, as an ISO 8601 date. */
  timestamp: string;
}

export type SettingsReading = (
  | { kind: "settings"; settings: Settings }
  | {
      kind: "problems";
      problems: SettingProblem[];
      /** How the owner can still sign in to read the problems. */
      signInRules: Pick<Settings, "operatorToken" | "accessAudience">;
    }
) & {
  /** Variables that were probably meant as settings, and have no effect. */
  warnings: MistypedVariable[];
};

/** Every setting: its name in the code, the name of its variable, its default and its parser. */
const schema = v.object({
  applicationKeyId: confidential(secret("B2_APPLICATION_KEY_ID", "the keyID of a B2 application key", keyIdFault)),
  applicationKey: confidential(
    secret("B2_APPLICATION_KEY", "the applicationKey that B2 showed once, when the key was made"),
  ),
  bucketName: text("B2_BUCKET_NAME", optional(parseBucketName)),
  fileNamePrefix: protection(text("B2_FILE_NAME_PREFIX", parseFileNamePrefix)),
  apiUrl: text("B2_API_URL", parseApiUrl, "https://api.backblazeb2.com"),
  // 7 days is B2's maximum: then the most rotations can fail before a visitor notices.
  tokenValidSeconds: seconds("TOKEN_VALID_SECONDS", { fallback: 604_800, least: 3600, most: 604_800 }),
  browserMaxAgeSeconds: lifetime("BROWSER_MAX_AGE_SECONDS", 86_400),
  // Three days: 2,500 free downloads a day then suffice for 7,500 images, each viewed daily, and no browser shows a replaced
  // image for more than four days.
  edgeMaxAgeSeconds: lifetime("EDGE_MAX_AGE_SECONDS", 259_200),
  edgeStaleWhileRevalidateSeconds: lifetime("EDGE_STALE_WHILE_REVALIDATE_SECONDS", 604_800),
  edgeStaleIfErrorSeconds: lifetime("EDGE_STALE_IF_ERROR_SECONDS", 604_800),
  notFoundMaxAgeSeconds: lifetime("NOT_FOUND_MAX_AGE_SECONDS", 60),
  /** undefined: no query parameter names a version. */
  versionParameter: text("VERSION_PARAMETER", optional(parseVersionParameter)),
  corsOrigins: protection(list("CORS_ALLOW_ORIGINS", parseCorsOrigins, "*")),
  /** undefined: every site may embed images. */
  refererRules: protection(list("ALLOWED_REFERERS", optional(parseRefererRules))),
  allowEmptyReferer: protection(flag("ALLOW_EMPTY_REFERER", true)),
  privatePrefixes: protection(list("PRIVATE_PREFIXES", optionalList(parseFolderList))),
  /** As paths of the site; "" stands for every folder. */
  listedPrefixes: list("LISTED_PREFIXES", optionalList(parseListedPrefixes)),
  listedRobots: text("LISTED_ROBOTS", parseListedRobots, "noindex"),
  signingKeys: confidential(text("URL_SIGNING_KEYS", optionalList(parseSigningKeys))),
  indexFile: text("INDEX_FILE", optional(parseIndexFile)),
  notFoundFile: text("NOT_FOUND_FILE", optional(parseServedFile)),
  operatorToken: confidential(text("OPERATOR_TOKEN", optional(parseOperatorToken))),
  accessAudience: text("OPERATOR_ACCESS_AUDIENCE", optional(parseAccessAudience)),
  eventSigningSecret: confidential(text("B2_EVENT_SIGNING_SECRET", optional(parseEventSigningSecret))),
  alertWebhookUrl: confidential(text("ALERT_WEBHOOK_URL", optional(parseWebhookUrl))),
  presets: table("IMAGE_PRESETS", parsePresets),
});

/** The checked settings. */
export type Settings = v.InferOutput<typeof schema>;

/** Each setting's variable and its default as text; "" for a setting that is off by default. */
export const SETTINGS = Object.entries(schema.entries).map(([key, kind]) => ({
  key,
  variable: v.getTitle(kind) ?? key,
  fallback: String(v.getDefault(kind)),
  protects: isProtection(kind),
  isSecret: isConfidential(kind),
}));

const ALL_VARIABLES = SETTINGS.map(({ variable }) => variable);
/** The settings that protect something. */
export const PROTECTIONS = SETTINGS.filter(({ protects }) => protects).map(({ variable }) => variable);

/** Checks all settings at once, so that the owner learns of every problem together. */
export function readSettings(env: Env): SettingsReading {
  const mistyped = findMistyped(env, ALL_VARIABLES);
  const lost = mistyped.filter(({ nearest }) => PROTECTIONS.includes(nearest) && isBlank(env[nearest]));
  const warnings = mistyped.filter((variable) => !lost.includes(variable));
  const given = Object.fromEntries(SETTINGS.map((setting) => [setting.key, givenFor(setting, env)]));
  const result = v.safeParse(schema, given);
  const problems = [
    ...lost.map(problemOfLost),
    ...(result.success ? contradictionsOf(result.output, env) : result.issues.map(problemOfIssue)),
  ];
  return result.success && problems.length === 0
    ? { kind: "settings", settings: result.output, warnings }
    : { kind: "problems", problems, warnings, signInRules: signInRulesOf(given) };
}

function signInRulesOf(given: Record<string, unknown>) {
  const [operatorToken, accessAudience] = (["operatorToken", "accessAudience"] as const).map((key) => {
    const result = v.safeParse(schema.entries[key], given[key]);
    return result.success ? result.output : undefined;
  });
  return { operatorToken, accessAudience };
}

/** A variable that was cleared in Cloudflare's dashboard is empty, and counts as unset. One that protects something never does. */
function givenFor({ variable, protects }: { variable: string; protects: boolean }, env: Env): unknown {
  return !protects && isBlank(env[variable]) ? undefined : env[variable];
}

function isBlank(value: unknown): boolean {
  return value === undefined || (typeof value === "string" && value.trim() === "");
}

/** An owner who mistypes the name of a protection believes that it is on, so nothing is served until the name is right. */
function problemOfLost({ name, nearest }: MistypedVariable): SettingProblem {
  return { name: nearest, expected: `the value of ${name}, which is not the name of a setting: rename it` };
}

function problemOfIssue(issue: v.BaseIssue<unknown>): SettingProblem {
  const key = v.getDotPath(issue);
  return { name: SETTINGS.find((setting) => setting.key === key)?.variable ?? "settings", expected: issue.message };
}
