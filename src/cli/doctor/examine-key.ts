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
  /** undefined: there is no file of secrets. */
  secrets: Record<string, string> | undefined;
  environment: string | undefined;
}

/** What this machine knows of the site; each part undefined when it is not there or wrong. */
export interface Known {
  settings?: Settings;
  key?: KeyInUse;
}

/** Examines settings and key as they are on this machine. */
export async function examineKey({ config, secrets, environment }: LocalSite, report: Report): Promise<Known> {
  const reading = readLocalSettings(config.variables, secrets ?? NO_SECRETS);
  const faults = [...config.problems, ...faultsOf(reading)];
  for (const fault of faults) report(wrong("settings", fault, "Write it right, and deploy again: npm run deploy."));
  if (reading.kind === "problems") return {};
  const { settings } = reading;
  if (faults.length === 0) report(ok("settings", "wrangler.toml and the secrets can be read."));
  if (secrets === undefined) {
    report(unknown("key", `There is no ${devVarsName(environment)} here, so the key cannot be tried.`));
    // Nothing is known of the Worker's signing keys.
    return { settings: { ...settings, signingKeys: [] } };
  }
  const authorized = await authorize(settings);
  if (authorized.kind === "refused") {
    report(authorized.finding);
    return { settings };
  }
  const { findings, minted } = await tryMint(settings);
  for (const finding of findings) report(finding);
  if (minted === undefined || hasWrong(findings)) return { settings };
  for (const finding of await reviewKey(authorized.account, minted, settings)) report(finding);
  return { settings, key: { account: authorized.account, token: minted.token, settings } };
}
