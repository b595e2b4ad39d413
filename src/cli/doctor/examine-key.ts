import type { Settings } from "../../settings.ts";
import { authorize, reviewKey, tryMint } from "../check-key.ts";
import { devVarsName } from "../dev-vars.ts";
import { hasWrong, ok, unknown, wrong } from "../finding.ts";
import { faultsOf, NO_SECRETS, readLocalSettings } from "../local-settings.ts";
import type { WorkerConfig } from "../wrangler-config.ts";
import type { Report } from "./examine.ts";
import type { KeyInUse } from "./find-files.ts";

export interface LocalSite {
  config: WorkerConfig;
  /** undefined: this machine has no file of secrets. */
  secrets: Record<string, string> | undefined;
  environment: string | undefined;
}

/** Facts about the site that are known on this machine. A part that is missing or wrong is undefined. */
export interface Known {
  settings?: Settings;
  key?: KeyInUse;
  /** Whether B2 was asked with the key, and took it or not. */
  isKeyTried: boolean;
}

/** Examines the settings and the application key on this machine, and reports each finding. */
export async function examineKey({ config, secrets, environment }: LocalSite, report: Report): Promise<Known> {
  const reading = readLocalSettings(config.variables, secrets ?? NO_SECRETS);
  const faults = [...config.problems, ...faultsOf(reading)];
  for (const fault of faults) report(wrong("settings", fault, "Write it right, and deploy again: npm run deploy."));
  if (reading.kind === "problems") return { isKeyTried: false };
  const { settings } = reading;
  if (faults.length === 0) report(ok("settings", "wrangler.toml and the secrets can be read."));
  if (secrets === undefined) {
    report(unknown("key", `There is no ${devVarsName(environment)} here, so the key cannot be tried.`));
    // The Worker's signing keys are not known here.
    return { settings: { ...settings, signingKeys: [] }, isKeyTried: false };
  }
  const authorized = await authorize(settings);
  if (authorized.kind === "refused") {
    report(authorized.finding);
    return { settings, isKeyTried: true };
  }
  const { findings, minted } = await tryMint(settings);
  for (const finding of findings) report(finding);
  if (minted === undefined || hasWrong(findings)) return { settings, isKeyTried: true };
  for (const finding of await reviewKey(authorized.account, minted, settings)) report(finding);
  return { settings, key: { account: authorized.account, token: minted.token, settings }, isKeyTried: true };
}
