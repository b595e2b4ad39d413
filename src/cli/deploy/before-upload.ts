import { keyIdFault } from "../../b2/application-key.ts";
import type { Settings } from "../../settings.ts";
import { checkB2, tryMint } from "../check-key.ts";
import { devVarsName } from "../dev-vars.ts";
import { formatFinding, hasWrong } from "../finding.ts";
import { readLocalSettings, requireSettings } from "../local-settings.ts";
import type { DeploySecrets } from "./secrets.ts";

/** Reads the settings as the Worker will do. Throws when something is wrong with them. */
export function requireGoodSettings(variables: Record<string, unknown>, { all }: DeploySecrets): Settings {
  return requireSettings(readLocalSettings(variables, all), "Nothing was uploaded.");
}

/** Tells the person which secrets are to be uploaded, and which names are not. */
export function announce(
  { secrets, leftOut }: DeploySecrets,
  { workerName, environment }: { workerName: string; environment: string | undefined },
): void {
  const file = devVarsName(environment);
  const { B2_APPLICATION_KEY_ID: keyId = "", B2_APPLICATION_KEY: _, ...others } = secrets;
  // Without the checks, it may be the key itself.
  const shownId = keyIdFault(keyId) === undefined ? keyId : "(hidden)";
  const also = Object.keys(others).length === 0 ? "" : `, and ${Object.keys(others).join(", ")}`;
  console.log(`The key with the id ${shownId} is for the Worker ${workerName}, from ${file}${also}.`);
  const { env } = process;
  const ofShell = Object.keys(secrets).filter((name) => env[name] !== undefined && env[name] !== secrets[name]);
  if (ofShell.length > 0) console.log(`The shell has another ${ofShell.join(" and ")}: it is not used.`);
  for (const name of leftOut) console.log(`${name} of ${file} is not a secret of the Worker: it is not uploaded.`);
}

/** Mints a token, as the Worker will do. Throws when something is wrong. */
export async function requireWorkingKey(settings: Settings): Promise<void> {
  const b2 = await checkB2(settings);
  const findings = hasWrong([b2]) ? [b2] : [b2, ...(await tryMint(settings)).findings];
  for (const finding of findings) console.log(formatFinding(finding));
  if (hasWrong(findings)) throw new Error("Nothing was uploaded. To upload all the same: npm run deploy -- --no-check");
}
