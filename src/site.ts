import { version as release } from "../package.json";
import type { RateLimiter } from "./access/limiter.ts";
import { rulesInForce } from "./access/rules-in-force.ts";
import { createSignatureChecker, createSigner, type SignatureChecker, type Signer } from "./access/signed-url.ts";
import { createLister, type Lister } from "./gallery/lister.ts";
import { createHealthCheck, type HealthCheck } from "./health/health-check.ts";
import { createDownloader, type Downloader } from "./images/download.ts";
import { createTransformer, type Transformer } from "./images/transform.ts";
import { createLog, type Log } from "./log.ts";
import type { MistypedVariable } from "./mistyped-variables.ts";
import { createEventVerifier, type EventVerifier } from "./purge/event-signature.ts";
import { createPurger, type Purger } from "./purge/purger.ts";
import type { SettingProblem } from "./setting-contradictions.ts";
import { type Env, readSettings, type Settings, type Version } from "./settings.ts";
import { type SettingInForce, settingsInForce } from "./settings-in-force.ts";
import type { SignInRules } from "./sign-in/sign-in.ts";
import { createSignInLimit, type SignInLimit } from "./sign-in/sign-in-limit.ts";
import { type Minted, mint } from "./token/mint.ts";
import { createTokenSource, type TokenSource } from "./token/source.ts";
import { createTokenStore, type TokenStore } from "./token/store.ts";

/** Everything that an isolate makes once and keeps: checked settings, and closures over values, never over a request or a promise. */
export interface Site {
  kind: "ready";
  settings: Settings;
  /** Every setting with its value, for the owner's page. */
  settingsInForce: SettingInForce[];
  /** The release of this project, from package.json. */
  release: string;
  /** The deployed version of the Worker; undefined without the binding for it. */
  version: Version | undefined;
  /** Variables whose names are probably mistyped. */
  warnings: MistypedVariable[];
  store: TokenStore;
  mint: () => Promise<Minted>;
  tokens: TokenSource;
  download: Downloader;
  /** Undefined without the Images binding: then there are no presets. */
  transformer: Transformer | undefined;
  checkHealth: HealthCheck;
  list: Lister;
  checkSignature: SignatureChecker;
  sign: Signer;
  signInRules: SignInRules;
  signInLimit: SignInLimit;
  purge: Purger;
  /** undefined: no signing secret is set, so events are not accepted. */
  verifyEvents: EventVerifier | undefined;
  missLimiter: RateLimiter | undefined;
  listLimiter: RateLimiter | undefined;
  log: Log;
}

/** Made in place of a `Site` when the settings do not parse: nothing is served. */
export interface BrokenSite {
  kind: "misconfigured";
  problems: SettingProblem[];
  /** Variables whose names are probably mistyped, and that protect nothing. */
  warnings: MistypedVariable[];
  settingsInForce: SettingInForce[];
  /** The owner can still sign in and read what is wrong, unless the sign-in settings are wrong themselves. */
  signInRules: SignInRules;
  signInLimit: SignInLimit;
  log: Log;
}

const sites = new WeakMap<Env, Site | BrokenSite>();

/** The site of an `env`: made for the first request of the isolate, and kept for the others. */
export function siteOf(env: Env): Site | BrokenSite {
  const known = sites.get(env);
  if (known !== undefined) return known;
  const site = createSite(env);
  sites.set(env, site);
  return site;
}

function createSite(env: Env): Site | BrokenSite {
  const log = createLog();
  const reading = readSettings(env);
  const signInLimit = createSignInLimit(env.SIGN_IN_LIMITER, Date.now);
  for (const { name, nearest } of reading.warnings) log("warn", "settings.mistyped", { name, nearest });
  if (reading.kind === "problems") {
    for (const { name, expected } of reading.problems) log("error", "settings.invalid", { name, expected });
    const { problems, warnings, signInRules } = reading;
    const inForce = { settingsInForce: settingsInForce(env), signInRules, signInLimit };
    return { kind: "misconfigured", problems, warnings, ...inForce, log };
  }
  const { settings, warnings } = reading;
  log("info", "settings.rules", { release, ...rulesInForce(settings) });
  const store = createTokenStore(env.TOKENS, settings);
  const mintOne = () => mint(settings);
  const clock = { now: Date.now, wait: (ms: number) => new Promise((resolve) => setTimeout(resolve, ms)) };
  const tokens = createTokenSource({ store, mint: mintOne, log, ...clock });
  const { eventSigningSecret } = settings;
  return {
    kind: "ready",
    settings,
    settingsInForce: settingsInForce(env),
    release,
    version: env.CF_VERSION_METADATA,
    warnings,
    store,
    mint: mintOne,
    tokens,
    download: createDownloader({ tokens, log }),
    transformer: env.IMAGES && createTransformer({ images: env.IMAGES, log, ...clock }),
    checkHealth: createHealthCheck({ store, tokens, applicationKeyId: settings.applicationKeyId, log, ...clock }),
    list: createLister({ settings, log, ...clock }),
    checkSignature: createSignatureChecker(settings.signingKeys),
    sign: createSigner(settings.signingKeys),
    signInRules: settings,
    signInLimit,
    purge: createPurger(clock),
    verifyEvents: eventSigningSecret === undefined ? undefined : createEventVerifier(eventSigningSecret),
    missLimiter: env.MISS_LIMITER,
    listLimiter: env.LIST_LIMITER,
    log,
  };
}
