import { rulesInForce } from "./access/rules-in-force.ts";
import { createSignatureChecker, type SignatureChecker } from "./access/signed-url.ts";
import { createImageServer, type ImageServer } from "./images/serve-image.ts";
import { type Log, log } from "./log.ts";
import type { MistypedVariable } from "./mistyped-variables.ts";
import { createHealthCheck, type Health } from "./operator/health.ts";
import { type Env, readSettings, type SettingProblem, type Settings } from "./settings.ts";
import { type Minted, mint } from "./token/mint.ts";
import { createTokenSource, type TokenSource } from "./token/source.ts";
import { createTokenStore, type TokenStore } from "./token/store.ts";

/** What one isolate makes once and keeps: checked settings and closures over values, never a request or a promise. */
export interface Isolate {
  kind: "ready";
  settings: Settings;
  /** Variables that are probably mistyped. */
  warnings: MistypedVariable[];
  store: TokenStore;
  mint: () => Promise<Minted>;
  tokens: TokenSource;
  checkHealth: () => Promise<Health>;
  serveImage: ImageServer;
  checkSignature: SignatureChecker;
  log: Log;
}

/** The settings do not parse: nothing is served. */
export interface BrokenIsolate {
  kind: "misconfigured";
  problems: SettingProblem[];
}

const isolates = new WeakMap<Env, Isolate | BrokenIsolate>();

/** The isolate that belongs to an env: made at the first request, then found. */
export function isolateOf(env: Env): Isolate | BrokenIsolate {
  const known = isolates.get(env);
  if (known !== undefined) return known;
  const isolate = createIsolate(env);
  isolates.set(env, isolate);
  return isolate;
}

function createIsolate(env: Env): Isolate | BrokenIsolate {
  const reading = readSettings(env);
  for (const { name, nearest } of reading.warnings) log("warn", "settings.mistyped", { name, nearest });
  if (reading.kind === "problems") {
    for (const { name, expected } of reading.problems) log("error", "settings.invalid", { name, expected });
    return { kind: "misconfigured", problems: reading.problems };
  }
  const { settings, warnings } = reading;
  log("info", "settings.rules", rulesInForce(settings));
  const store = createTokenStore(env.TOKENS, settings);
  const mintOne = () => mint(settings);
  const tokens = createTokenSource({
    store,
    mint: mintOne,
    log,
    now: Date.now,
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  });
  return {
    kind: "ready",
    settings,
    warnings,
    store,
    mint: mintOne,
    tokens,
    checkHealth: createHealthCheck({ store, held: tokens.held, now: Date.now, log }),
    serveImage: createImageServer(tokens, log),
    checkSignature: createSignatureChecker(settings.signingKeys),
    log,
  };
}
