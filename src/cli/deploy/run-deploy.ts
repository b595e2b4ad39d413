import { rmSync } from "node:fs";
import { basename } from "node:path";
import { checkB2, tryMint } from "../check-key.ts";
import { devVarsName } from "../dev-vars.ts";
import { formatFinding, hasWrong } from "../finding.ts";
import { readLocalSettings, sentenceOfProblems } from "../local-settings.ts";
import { runWrangler } from "../wrangler-command.ts";
import { readConfig, type WorkerConfig } from "../wrangler-config.ts";
import { requireFreeDomains, requireOwnWorker } from "./conflicts.ts";
import { DEPLOY_HELP, type DeployArguments, readDeployArguments } from "./deploy-arguments.ts";
import { explainFailure } from "./explain-failure.ts";
import { type DeploySecrets, readDeploySecrets, writeSecretsFile } from "./secrets.ts";

export interface Deployed {
  exitCode: number;
  /** The addresses that Wrangler tells, such as `https://b2-image-worker.you.workers.dev`. */
  addresses: string[];
}

/** `npm run deploy`: checks first, then uploads the Worker with the secrets of the file alone. Throws with one sentence. */
export async function deploy(args: string[]): Promise<Deployed> {
  const asked = readDeployArguments(args, process.env);
  if (asked.help) {
    console.log(DEPLOY_HELP);
    return { exitCode: 0, addresses: [] };
  }
  const config = readConfig(asked.environment, asked.configFile);
  if (config.problems.length > 0) throw new Error(`${config.problems.join("\n")}\nNothing was uploaded.`);
  const secrets = readDeploySecrets(config.folder, asked.environment);
  const workerName = asked.workerName ?? config.workerName;
  announce(secrets, { workerName, environment: asked.environment });
  if (asked.check) await checkBeforeUpload(asked, config, secrets);
  if (asked.check && !asked.dryRun) {
    const isUpdate = await requireOwnWorker(workerName, config.folder);
    await requireFreeDomains(config.domains, isUpdate);
  }
  return await upload(asked, config, secrets);
}

function announce(
  { secrets, leftOut }: DeploySecrets,
  { workerName, environment }: { workerName: string; environment: string | undefined },
): void {
  const file = devVarsName(environment);
  const { B2_APPLICATION_KEY_ID: keyId, B2_APPLICATION_KEY: _, ...others } = secrets;
  const also = Object.keys(others).length === 0 ? "" : `, and ${Object.keys(others).join(", ")}`;
  console.log(`The key with the id ${keyId} goes up to the Worker ${workerName}, from ${file}${also}.`);
  const ofShell = Object.keys(secrets).filter(
    (name) => process.env[name] !== undefined && process.env[name] !== secrets[name],
  );
  if (ofShell.length > 0) console.log(`The shell has another ${ofShell.join(" and ")}: it is not used.`);
  for (const name of leftOut) console.log(`${name} of ${file} is no secret of the Worker: it stays here.`);
}

async function checkBeforeUpload(asked: DeployArguments, config: WorkerConfig, { all }: DeploySecrets): Promise<void> {
  const reading = readLocalSettings({ ...config.variables, ...asked.variables }, all);
  if (reading.kind === "problems") throw new Error(`${sentenceOfProblems(reading.problems)} Nothing was uploaded.`);
  const b2 = await checkB2(reading.settings);
  const findings = hasWrong([b2]) ? [b2] : [b2, ...(await tryMint(reading.settings)).findings];
  for (const finding of findings) console.log(formatFinding(finding));
  if (hasWrong(findings)) throw new Error("Nothing was uploaded. To upload all the same: npm run deploy -- --no-check");
}

async function upload(asked: DeployArguments, config: WorkerConfig, { secrets }: DeploySecrets): Promise<Deployed> {
  const file = writeSecretsFile(secrets);
  // Always said: an exported CLOUDFLARE_ENV would choose another one.
  const environment = ["--env", asked.environment ?? ""];
  try {
    const args = ["deploy", ...environment, "--secrets-file", file, ...asked.passedOn];
    const run = await runWrangler(args, { folder: process.cwd(), shown: true });
    if (run.exitCode !== 0)
      throw new Error(explainFailure(run, { config, configFile: basename(asked.configFile ?? "wrangler.toml") }));
    const targets = run.events.findLast(({ type }) => type === "deploy")?.targets ?? [];
    return { exitCode: 0, addresses: targets.flatMap(addressOf) };
  } finally {
    rmSync(file, { force: true });
  }
}

/** Wrangler tells a workers.dev address, custom domains (`image.example.com (custom domain)`), routes, and schedules. */
function addressOf(target: string): string[] {
  if (/^https:\/\/\S+$/.test(target)) return [target];
  const host = /^(\S+) \(custom domain\b/.exec(target)?.[1];
  return host === undefined ? [] : [`https://${host}`];
}
